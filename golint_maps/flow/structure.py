"""Where in a function's structure a byte offset lies: the branches and loops around it, for "surely executed before".

In structured code the order of the text is the order of execution, up to loops. So a position is the offset itself together with the
enclosing branch bodies; an event dominates a later one when all branches around it are also around the other.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from golint_maps.flow.events import Position
from golint_maps.flow.traverse import each, operands, substatements
from golint_maps.flow.walk import never_returns
from golint_maps.syntax import ir

_BROKEN = frozenset((ir.For, ir.Range, ir.Switch, ir.TypeSwitch, ir.Select))
"""What a `break` without a label leaves."""
TURN = 1 << 30
"""Added to a loop for a turn of it, in `Structure.leaving`."""
DEFERRED = 1 << 40
"""Added to the order of what runs when the function returns."""


class Structure:
    """The branch bodies of one function or literal."""

    def __init__(self, body: Sequence[ir.Stmt], captured: Container[int] = ()) -> None:
        """`captured` are the locals that function literals have as well."""
        self._regions: list[tuple[int, int, int]] = []  # (start, end, id); loops have negative ids
        self._last: set[int] = set()  # ids of the branches that return in the end, and so out of all loops around them
        self._first: dict[int, int] = {}  # ids of the branches that a local flag lets nobody enter twice, with where the flag is declared
        self.alternatives: list[tuple[int, ...]] = []
        """Ids of branches of which one alone is executed each time, by statement."""
        self.leaving: dict[int, int] = {}
        """The branches that leave something in the end: by their ids, 0 for the function, else the id of the loop, with `TURN` added for its turn."""
        self._broken: set[int] = set()  # ids of the branches that break off the loop around them in the end
        self._continued: set[int] = set()  # ids of the branches that go on to the next turn of the loop around them in the end
        self._clause_ids: set[int] = set()  # ids of the branches that a `break` leaves alone
        self._cache: dict[int, Position] = {}
        self._endless: list[tuple[int, ir.For]] = []
        todo: list[Sequence[ir.Stmt]] = [body]
        while todo:
            for statement in todo.pop():
                if statement.__class__ is ir.If:
                    declared = _declared_flag(statement, body, captured)
                    if declared >= 0:
                        self._first[len(self._regions) + 1] = declared
                    todo += self._branches(statement.then, statement.orelse)
                elif statement.__class__ is ir.For or statement.__class__ is ir.Range:
                    if statement.body:
                        # The head of a loop is executed in each turn as well.
                        if statement.__class__ is ir.For and statement.cond is None:
                            self._endless.append((-len(self._regions) - 1, statement))
                        self._regions.append((statement.pos, statement.end, -len(self._regions) - 1))
                        todo.append(statement.body)
                elif statement.__class__ is ir.Block:
                    todo.append(statement.body)
                elif statement.__class__ is ir.Switch or statement.__class__ is ir.TypeSwitch:
                    first = len(self._regions)
                    todo += self._branches(*[case.body for case in statement.cases])
                    self._clause_ids.update(range(first + 1, len(self._regions) + 1))
                elif statement.__class__ is ir.Select:
                    todo += self._clauses(statement)
        self._regions.sort(key=lambda region: (region[0], -region[1]))
        for number in self._broken - self._clause_ids:
            loop = self._left_by(self.at(next(start for start, _, other in self._regions if other == number)).nest[:-1])
            if loop:
                self.leaving[number] = loop
        for number in self._continued:
            around = self.at(next(start for start, _, other in self._regions if other == number)).nest
            self.leaving[number] = next(loop for loop in reversed(around) if loop < 0) + TURN

    def _branches(self, *bodies: Sequence[ir.Stmt]) -> list[Sequence[ir.Stmt]]:
        kept = [body for body in bodies if body]
        first = len(self._regions) + 1
        if len(kept) > 1 and not any(_falls_through(body) for body in kept):
            self.alternatives.append(tuple(range(first, first + len(kept))))
        for body in kept:
            self._regions.append((start_of(body[0]), end_of(body[-1]), len(self._regions) + 1))
            last = body[-1]
            if last.__class__ is ir.Return or (last.__class__ is ir.Do and never_returns(last.x)):
                self.leaving[len(self._regions)] = 0
            elif last.__class__ is ir.Branch and last.kind == "continue" and not last.label:
                self._continued.add(len(self._regions))
            if any(branch.kind != "break" for branch in each(body, ir.Branch)):
                continue
            if last.__class__ is ir.Return:
                self._last.add(len(self._regions))
            elif last.__class__ is ir.Branch and not last.label:
                self._broken.add(len(self._regions))
        return kept

    def _clauses(self, statement: ir.Select) -> list[Sequence[ir.Stmt]]:
        """Take each clause of a select as a branch, its communication included, unless that has taken place whenever the select is over."""
        first = len(self._regions) + 1
        for case in statement.cases:
            over = not leaves(case.body) and all(other is case or leaves(other.body) for other in statement.cases)
            body = case.body if over or case.comm is None else [case.comm, *case.body]
            if body:
                self._regions.append((start_of(body[0]), end_of(body[-1]), len(self._regions) + 1))
                self._clause_ids.add(len(self._regions))
                if case.body and case.body[-1].__class__ is ir.Return:
                    self.leaving[len(self._regions)] = 0
        if len(self._regions) > first:
            self.alternatives.append(tuple(range(first, len(self._regions) + 1)))
        return [case.body for case in statement.cases if case.body]

    def loops(self) -> tuple[tuple[int, int, int], ...]:
        """Return (number, start, end) of each loop."""
        return tuple((number, start, end) for start, end, number in self._regions if number < 0)

    def when_left(self, at: Position) -> Position | None:
        """Return where a loop ends that is only left behind a position in it: `for { select { case <-done: break wait; case <-tick: … } }`.

        So does one that only the function's return ends (`case <-done: return`): behind it nothing comes, but the caller goes on.
        """
        for number, loop in self._endless:
            if number in at.nest:
                ways = [self.at(branch.pos) if branch.kind == "break" else Position(0, ()) for branch in _ways_out(loop)]
                ways = ways or [self.at(statement.pos) for statement in each(loop.body, ir.Return)]
                if ways and all(dominates(at, way) for way in ways):
                    return Position(loop.end, at.nest[: at.nest.index(number)])
        return None

    def of_start(self, offset: int) -> Position:
        """Return the position of the start of a goroutine: in no loop that ends behind it, `for { …; if old { go run(); return } }`.

        Nor in one that comes there in one turn only: `for … { if first { go run(); first = false } }`, or that it breaks off.
        """
        around = self.at(offset).nest
        last = next((index for index in reversed(range(len(around))) if around[index] in self._last), -1)
        once = [(index, self._first[number]) for index, number in enumerate(around) if number in self._first]
        begins = {number: start for start, _, number in self._regions} if once else {}
        left = {self._left_by(around[:index]) for index, number in enumerate(around) if number in self._broken - self._clause_ids}

        def repeats(index: int) -> bool:
            if index <= last or around[index] in left:
                return False
            return not any(index < inner and begins[around[index]] > declared for inner, declared in once)

        return Position(offset, tuple(number for index, number in enumerate(around) if number > 0 or repeats(index)))

    def _left_by(self, around: tuple[int, ...]) -> int:
        """Return the loop that a `break` leaves which stands in nothing else inside of it, or 0 if that is a switch."""
        innermost = next((number for number in reversed(around) if number < 0 or number in self._clause_ids), 0)
        return min(innermost, 0)

    def at(self, offset: int, *, deferred: bool = False) -> Position:
        """Return the position of a byte offset. Deferred code stands behind everything, in no branch."""
        if deferred:
            return Position(DEFERRED + offset, ())
        if offset not in self._cache:
            around = tuple([number for start, end, number in self._regions if start <= offset < end]) if self._regions else ()
            self._cache[offset] = Position(offset, around)
        return self._cache[offset]


def _falls_through(body: Sequence[ir.Stmt]) -> bool:
    return body[-1].__class__ is ir.Branch and body[-1].kind == "fallthrough"


def _declared_flag(statement: ir.If, body: Sequence[ir.Stmt], captured: Container[int]) -> int:
    """Return where a body declares the local flag that lets nobody enter a branch twice, since the branch alone changes it, or -1."""
    condition = statement.cond
    wanted = "true" if isinstance(condition, ir.Unary) and condition.op == "!" else "false"
    flag = condition.x if isinstance(condition, ir.Unary) and condition.op == "!" else condition
    if not isinstance(flag, ir.Local) or flag.id in captured:
        return -1
    turned = next((item for item in statement.then if isinstance(item, ir.Assign) and _sets(item, flag.id)), None)
    if turned is None or not _gives(turned, wanted):
        return -1
    if any(way.pos < turned.pos for way in each(statement.then, ir.Branch)) or any(way.pos < turned.pos for way in each(statement.then, ir.Return)):
        return -1
    given = [item for item in each(body, ir.Assign) if _sets(item, flag.id)]
    declared = [item for item in each(body, ir.Declare) if flag.id in item.variables]
    if len(given) + len(declared) != 2:  # what declares it, and what the branch does
        return -1
    if any(x.x.__class__ is ir.Local and x.x.id == flag.id for x in each(body, ir.Addr)):
        return -1
    return min(*(item.pos for item in given), *(item.pos for item in declared))


def _gives(statement: ir.Stmt, value: str) -> bool:
    match statement:
        case ir.Assign(_, _, [ir.Name(name)]):
            return name == value
    return False


def _sets(assign: ir.Assign, number: int) -> bool:
    return any(x.__class__ is ir.Local and x.id == number for x in assign.lhs)


def leaves(body: Sequence[ir.Stmt]) -> bool:
    """Tell whether what stands behind a statement is not reached through a body of it: it returns, panics, goes on with a loop."""
    match body[-1] if body else None:
        case ir.Return():
            return True
        case ir.Branch(kind, label):
            return kind in ("goto", "continue") or bool(label)
        case ir.Do(x):
            return never_returns(x)
    return False


def breaks(body: Sequence[ir.Stmt]) -> bool:
    """Tell whether a loop with this body may end by a `break`."""
    todo = list(body)
    while todo:
        match todo.pop():
            case ir.Branch("break"):
                return True
            case ir.If(_, _, then, orelse):
                todo += (*then, *orelse)
            case ir.Block(inner):
                todo += inner
    return any(branch.label and branch.kind == "break" for branch in each(body, ir.Branch))


def _ways_out(loop: ir.For) -> Iterator[ir.Branch]:
    """Yield the breaks out of a loop, and the jumps in it, which may lead out as well."""
    todo = [(statement, True) for statement in loop.body]
    while todo:
        statement, direct = todo.pop()
        if statement.__class__ is ir.Branch:
            leads_out = statement.label == loop.label if statement.label else direct
            if statement.kind == "goto" or (statement.kind == "break" and leads_out):
                yield statement
        else:
            inner = direct and statement.__class__ not in _BROKEN
            todo += [(item, inner) for item in substatements(statement)]


def before_returns(body: Sequence[ir.Stmt]) -> frozenset[int]:
    """Return where the calls stand that a return follows at once."""
    found: set[int] = set()
    todo: list[Sequence[ir.Stmt]] = [body]
    while todo:
        block = todo.pop()
        if len(block) >= 2 and isinstance(block[-1], ir.Return) and isinstance(block[-2], ir.Do):
            found.add(block[-2].x.pos)
        for statement in block:
            match statement:
                case ir.If(_, _, then, orelse):
                    todo += [then, orelse]
                case ir.For(_, _, _, inner) | ir.Range(_, _, _, _, inner) | ir.Block(inner):
                    todo.append(inner)
                case ir.Switch(_, _, cases) | ir.TypeSwitch(_, _, cases) | ir.Select(cases):
                    todo += [case.body for case in cases]
    return frozenset(found)


def start_of(statement: ir.Stmt) -> int:
    """Return the first byte of a statement."""
    if isinstance(statement, ir.Do):
        return statement.x.pos
    if isinstance(statement, ir.Block):
        return start_of(statement.body[0]) if statement.body else 0
    return statement.pos


def end_of(statement: ir.Stmt) -> int:
    """Return the byte behind a statement."""
    match statement:
        case ir.Do(x):
            return int(getattr(x, "end", x.pos + 1))
        case ir.Block(body):
            return end_of(body[-1]) if body else 0
        case ir.Branch() | ir.Label():
            return statement.pos + 1
    return max(statement.end, *(int(getattr(x, "end", 0)) for x in operands(statement)), 0)


def loops_around(*positions: Position) -> list[int]:
    """Return the numbers of the loops that all of some positions lie in."""
    first, *others = positions
    return [number for number in first.nest if number < 0 and all(number in other.nest for other in others)]


def common_loop(left: Position, right: Position) -> bool:
    """Tell whether two positions lie in one loop, so that each may be executed after the other."""
    return any(number < 0 for number in left.nest if number in right.nest)


def may_follow(first: Position, then: Position) -> bool:
    """Tell whether `then` may be executed after `first` in one activation of the function."""
    return then.order > first.order or common_loop(first, then)


def exclude(left: Position, right: Position, alternatives: Sequence[Sequence[int]], leaving: Mapping[int, int], *, one_turn: bool = False) -> bool:
    """Tell whether one activation of a function comes to one of two positions at most, or `one_turn` of the loops around both.

    They stand in branches of which one alone is executed, or the earlier one in a branch that leaves the function, or a loop around the other, in the
    end.
    """
    shared = next((index for index, pair in enumerate(zip(left.nest, right.nest, strict=False)) if pair[0] != pair[1]), None)
    shared = min(len(left.nest), len(right.nest)) if shared is None else shared
    if not one_turn and any(number < 0 for number in left.nest[:shared]):
        return False  # in another turn it may come to the other
    mine, theirs = left.nest[shared:], right.nest[shared:]
    if mine and theirs and any(mine[0] in group and theirs[0] in group for group in alternatives):
        return True
    early, late, last = (mine, theirs, right) if left.order < right.order else (theirs, mine, left)
    loops = [number for number in left.nest[:shared] if number < 0 and one_turn]
    ends = {0, *late, *loops, *(number + TURN for number in loops)}
    return last.order < DEFERRED and any(number in leaving and number not in late and leaving[number] in ends for number in early)


def dominates(first: Position, then: Position) -> bool:
    """Tell whether `first` has surely been executed when `then` is (in the same turn of the loops around both)."""
    return first.order < then.order and first.nest == then.nest[: len(first.nest)]
