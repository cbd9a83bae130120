"""Writes to maps that are nil."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from golint_maps.flow import nilcalls, nilreflect
from golint_maps.flow.callees import function_id
from golint_maps.flow.makers import makers
from golint_maps.flow.maps import extent, place, qualified
from golint_maps.flow.nilbeliefs import beliefs
from golint_maps.flow.nilbody import HandedIn, Write
from golint_maps.flow.nilflow import NilFlow
from golint_maps.flow.nilstate import NIL, Mark, Origin, State, Value
from golint_maps.flow.nilstores import zero_path
from golint_maps.flow.nilsuspects import worth_a_walk
from golint_maps.flow.parts import root_of
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each, operands, statements, subexpressions
from golint_maps.flow.view import PackageView, View, function_view
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue
from golint_maps.types.scope import receiver_name

_MAX_CALLS = 2
"""How far a zero value is followed from callee to callee."""


class NilWrite(Site, frozen=True, tag="nil-write"):
    """A map is written that is nil: always (`sure`), or on some way.

    `cause` says why it is nil: `declared` (`var m map[K]V`), `result` (a named result), `assigned` (`= nil`), `literal` (left out of a composite
    literal, or `new`), `inner` (an element of a map that was never stored), `missing` (a look-up that found nothing), `compared` (a condition has
    just found it nil), `decoded`, `stored` (decoded from a text that the program keeps), `returned` (by a function that always returns nil), `field`
    and `variable` (nothing in the package makes it), `handed` (a caller in the package hands in a zero value), `failed` (a result of a call that
    returned an error), `ignored` (the error of the call that makes it is not looked at), `empty` (a condition has found it empty), `unfound` (a
    look-up found nothing in somebody else's map), `cloned` (of a map that may be nil), `checked` (a later condition asks whether it is nil), `reset`
    (another method sets it to nil), `taken` (another method begins anew with nil), `late` (others make it where it is nil),
    `optional` (an exported field that nothing in the package makes), `reflected` (through `reflect`).
    `origin` is the place of that. `subject` is the name, type or call that the cause is about. `call` is the call that writes, if one does, and
    `always` is False where it only writes when it is given something (`maps.Copy`).
    """

    sure: bool
    cause: str
    subject: str
    origin: Place
    call: str
    always: bool
    source: str = ""
    """The exported field, as `path.Type.field`, that other packages may give the map."""


class ZeroValueWrite(Site, frozen=True, kw_only=True, tag="zero-value-write"):
    """A method of an exported type, by its `id`, writes to a nil map whenever its receiver is a zero value."""

    id: str
    write: NilWrite


class ZeroValueCall(Site, frozen=True, kw_only=True, tag="zero-value-call"):
    """A method of another package, by its `id`, is called on a local that is a zero value, `subject`."""

    id: str
    subject: str


NilFact = NilWrite | ZeroValueWrite | ZeroValueCall


def analyse(view: View) -> Iterator[NilFact]:
    """Yield the writes to nil maps in a function and its literals, and in the functions that it hands a zero value to."""
    yield from _on_zero_receiver(view)
    for call, value in nilreflect.writes(view):
        yield _reflected(view, call, value)
    numbers = worth_a_walk(view)
    shared = _shared(view) if numbers else frozenset()
    # A test shows itself whether it panics; its input, and what it looks into, are its own.
    in_test = view.path.endswith("_test.go")
    for number in numbers:
        flow = _walk(view, number, shared, _start(view, view.facts.functions[number]))
        for key in sorted(flow.writes):
            if flow.writes[key].value.kind == NIL or not in_test:
                yield _fact(view, flow.writes[key])
        for key in sorted(flow.calls):
            yield from _handed_in(view, flow.calls[key])
        for key in sorted(flow.foreign):
            found = flow.foreign[key]
            subject = spell(found.x, view.variables)
            yield ZeroValueCall(
                place=place(view, *key), function=view.name, package=view.package.scope.path, map=subject, id=found.id, subject=subject
            )


def _walk(view: View, number: int, shared: frozenset[int], start: State) -> NilFlow:
    captured = frozenset(number for function in view.functions for number in function.captures)
    flow = NilFlow(view, number, shared, captured, makers(view.package), beliefs(view.package))
    flow.run(view.facts.functions[number].body or (), start)
    return flow


def _fact(view: View, write: Write) -> NilWrite:
    origin = write.value.origin or Origin(*extent(write.map, view), "declared")
    return NilWrite(
        place=place(view, *extent(write.x, view)),
        function=view.name,
        package=view.package.scope.path,
        map=spell(write.map, view.variables),
        owner=qualified(view, write.map),
        sure=write.value.kind == NIL,
        cause=origin.kind,
        subject=origin.name.rpartition(".")[2] if origin.kind == "optional" else origin.name,
        origin=place(view, origin.start, origin.end),
        call=write.call,
        always=write.always,
        source=f"{view.package.scope.path}.{origin.name}" if origin.kind == "optional" else "",
    )


def _reflected(view: View, call: ir.Call, x: ir.Expr) -> NilWrite:
    name = spell(x, view.variables)
    where = place(view, call.pos, call.end)
    return NilWrite(
        place=where,
        function=view.name,
        package=view.package.scope.path,
        map=name,
        owner=qualified(view, x),
        sure=False,
        cause="reflected",
        subject=name,
        origin=where,
        call=f"{name}.SetMapIndex",
        always=True,
    )


def _handed_in(view: View, call: HandedIn) -> Iterator[NilWrite]:
    """Yield the writes of a callee, and of what it calls, to maps that are nil because of what this call hands in."""
    for fact in _in_callee(view.package, call, 0):
        yield structs.replace(fact, cause="handed", subject=spell(call.x, view.variables), origin=place(view, *extent(call.call, view)))


def _on_zero_receiver(view: View) -> Iterator[ZeroValueWrite]:
    """Yield the writes of a method that other packages can call to maps that are nil when its receiver is a zero value."""
    root = view.root
    if root.receiver < 0 or root.receiver_type is None or root.body is None or not root.name[:1].isupper() or view.path.endswith("_test.go"):
        return
    name = receiver_name(root.receiver_type)
    stored = any(x.__class__ is ir.Index and root_of(x) == root.receiver for assign in each(root.body, ir.Assign) for x in assign.lhs)
    declared = view.package.scope.methods.get(name, {}).get(root.name)
    if not stored or declared is None or declared.node is not root or not name[:1].isupper():
        return
    zero = Value(NIL, Origin(root.pos, root.end, "declared", name))
    x = ir.Local(root.receiver, root.pos)
    call = HandedIn(ir.Call(x, [], root.pos, root.end), x, declared, {(f"l{root.receiver}",): zero}, frozenset())
    for fact in _in_callee(view.package, call, _MAX_CALLS):
        yield ZeroValueWrite(
            place=fact.place,
            function=fact.function,
            package=fact.package,
            map=fact.map,
            owner=fact.owner,
            id=function_id(view.package, root),
            write=fact,
        )


def _in_callee(package: PackageView, call: HandedIn, depth: int) -> list[NilWrite]:
    """Return the writes of a callee to maps that are nil in what it is given. Tests hand in the same zero value again and again."""
    number = call.callee.node.root
    memo: dict[tuple[object, ...], list[NilWrite]] = package.memo.setdefault(__name__, {})
    key = (call.callee.file, number, depth, tuple(sorted((path, value.kind) for path, value in call.given.items())))
    if key not in memo:
        view = function_view(package, call.callee)
        flow = _walk(view, number, _shared(view), State(dict(call.given), private=frozenset(path[0] for path in call.given)))
        origins = {value.origin for value in call.given.values()}
        loops = [(loop.pos, loop.end) for loop in view.statements if isinstance(loop, ir.For | ir.Range)]
        memo[key] = [
            # A loop may have no turn for what this caller hands in.
            structs.replace(_fact(view, write), sure=not any(start <= at[0] < end for start, end in loops))
            for at, write in sorted(flow.writes.items(), key=lambda item: item[0])
            if write.value.kind == NIL
            and write.value.origin in origins
            and _certain(view, write.conditions)
            and not _is_field_of_none(view, write.map)
        ]
        for _, deeper in sorted(flow.calls.items(), key=lambda item: item[0]) if depth < _MAX_CALLS else ():
            if _certain(view, deeper.conditions) and any(value.origin in origins for value in deeper.given.values()):
                memo[key] += _in_callee(package, deeper, depth + 1)
    return memo[key]


def _certain(view: View, conditions: frozenset[Mark]) -> bool:
    """Tell whether a callee surely gets to a place: under no condition, but that a look-up finds nothing (in a nil map, none does).

    Other conditions may well tell a zero value from others, or an error that this caller never sees.
    """
    for mark in conditions:
        definition = view.typing.definitions.get(int(mark.path[0][1:])) if mark.path[0][0] == "l" else None
        looked_up = isinstance(definition, FromValue) and definition.index == 1 and isinstance(definition.value, ir.Index)
        if mark.kind == "if" and not looked_up:
            return False
    return True


def _is_field_of_none(view: View, x: ir.Expr) -> bool:
    """Tell whether a map is a field that is nil in all values: that is reported whoever calls."""
    if not isinstance(x, ir.Sel):
        return False
    field = view.package.resolver.field(view.typing.of(x.base), x.name)
    return field is not None and makers(view.package).field_is_nil(field.owner, x.name)


# --- how a body starts ---


def _shared(view: View) -> frozenset[int]:
    """Return the locals that calls may set: their address is held somewhere, or a literal assigns to them."""
    shared = set(view.address_taken - _only_decoded(view))
    for number, function in zip(view.family, view.functions, strict=True):
        for statement in statements(function.body or ()):
            targets: list[ir.Expr | None] = []
            if isinstance(statement, ir.Assign):
                targets += statement.lhs
            elif isinstance(statement, ir.Range):
                targets += [statement.key, statement.value]
            for x in targets:
                if isinstance(x, ir.Local) and view.variables[x.id].function != number:
                    shared.add(x.id)
    return frozenset(shared)


def _only_decoded(view: View) -> frozenset[int]:
    """Return the locals whose address is only ever taken for a decoder, which does not keep it."""
    if not view.address_taken or not any(item.path in nilcalls.DECODERS for item in view.facts.imports):
        return frozenset()
    taken: dict[int, int] = {}
    given: dict[int, int] = {}
    for statement in view.statements:
        for x in _all(statement):
            if isinstance(x, ir.Addr) and isinstance(x.x, ir.Local):
                taken[x.x.id] = taken.get(x.x.id, 0) + 1
            elif isinstance(x, ir.Call):
                target = nilcalls.decoded(view, x)
                if isinstance(target, ir.Addr) and isinstance(target.x, ir.Local):
                    given[target.x.id] = given.get(target.x.id, 0) + 1
    return frozenset(number for number, count in taken.items() if given.get(number) == count)


def _all(statement: ir.Stmt) -> Iterator[ir.Expr]:
    for operand in operands(statement):
        yield from subexpressions(operand)


def _start(view: View, function: ir.Function) -> State:
    """Return the state at the start of a body: named results are zero, and so are captured variables that are never set."""
    state = State()
    resolver = view.package.resolver
    for number in function.results:
        if number >= 0:
            variable = view.variables[number]
            below = resolver.underlying(view.typing.local(number))
            if isinstance(below, model.Map | model.Struct | model.Array):
                start, end = extent(ir.Local(number, variable.pos), view)
                state.values[zero_path(below, f"l{number}")] = Value(NIL, Origin(start, end, "result", variable.name))
                state.private |= {f"l{number}"}
    if function.parent >= 0:
        for number in function.captures:
            variable = view.variables[number]
            never_set = not view.assignments[number] and number not in view.address_taken and number not in view.typing.definitions
            never_set = never_set and (variable.kind == "var" or (variable.kind == "result" and not _sets_results(view, variable.function)))
            if never_set and resolver.map(view.typing.local(number)) is not None:
                start, end = extent(ir.Local(number, variable.pos), view)
                state.values[(f"l{number}",)] = Value(NIL, Origin(start, end, "declared" if variable.kind == "var" else "result", variable.name))
    return state


def _sets_results(view: View, number: int) -> bool:
    """Tell whether a function has a `return` with values: those set its named results, which deferred functions see."""
    return any(returned.values for returned in each(view.facts.functions[number].body or (), ir.Return))
