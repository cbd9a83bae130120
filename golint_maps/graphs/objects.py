"""Whether two ways to a map lead to one object: by the variables at the roots of their paths, and how those got their values."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.paths import RECEIVED
from golint_maps.graphs.links import Links
from golint_maps.graphs.variables import BY_LITERAL, handed, held, local, parameter
from golint_maps.graphs.witness import Path, Witness, Witnesses


class Objects:
    """What is known of the objects that hold maps."""

    def __init__(self, links: Links, witnesses: Witnesses) -> None:
        self._links = links
        self._functions = links.functions
        self._witnesses = witnesses

    def made(self, root: str) -> int:
        """Return how the local variable at the root of a path gets its value: `BY_LITERAL`, 1 for the call of a constructor, or 0."""
        variable = local(self._functions, root)
        return variable.made if variable is not None else 0

    def anchored(self, way: Witness) -> bool:
        """Tell whether a way shows which object it means: a variable, a receiver, or something that was made on the way.

        What was looked up or came as an argument from outside is only known by its type, and objects of one type are many.
        """
        if way.identity[:1] != "f":
            return True
        if not way.path or RECEIVED in way.path:
            return False  # each receive gets a value of its own
        root = way.path[0]
        return root == "r" or root[0] == "g" or self.made(root) != 0 or (root[0] == "p" and (way.context.kind == "spawn" or self._captured(way)))

    def _of_the_request(self, way: Witness) -> bool:
        """Tell whether a path begins at what a handler gets as an argument, which is the request's own."""
        head = way.path[0] if way.path else ""
        return parameter(head, self._functions[way.context.entry]) >= 0 or (head[:1] == "p" and not self._captured(way))

    def _captured(self, way: Witness) -> bool:
        """Tell whether a way starts in a handler that is a literal: a parameter is that of the function around it, and all requests have it."""
        return way.context.kind == "handler" and bool(self._functions[way.context.entry].parent)

    @staticmethod
    def kept(way: Witness) -> bool:
        """Tell whether a way begins at a receiver or package variable, so that its object is kept by something, not made or got for one call."""
        path = way.path or ("",)
        return path[0][:1] in ("r", "g") and RECEIVED not in path

    def elsewhere(self, left: Witness, right: Witness) -> bool:
        """Tell whether the objects that hold a map are themselves held in different fields: of one type, but hardly one object."""
        if left.path and right.path and held(self._functions, left.path) == held(self._functions, right.path):
            return False  # both structs were made with one pointer in them
        if self.in_other_fields(left, right):
            return True
        around = zip(self._holders(left), self._holders(right), strict=False)
        return any(ours[1] != others[1] or (ours[0] and others[0] and ours[0] != others[0]) for ours, others in around)

    @staticmethod
    def shared_out(left: Witness, right: Witness) -> bool:
        """Tell whether goroutines of one function have each been given an element of something: that is how work is divided."""
        return left.context.entry == right.context.entry and all(looked_up(way) and _given_element(way) for way in (left, right))

    @staticmethod
    def in_other_fields(left: Witness, right: Witness) -> bool:
        """Tell whether the objects that hold a map are held in fields of different names."""
        mine, theirs = ([part for part in (way.path or ())[1:-1] if part[:1] != "["] for way in (left, right))
        return bool(mine) and bool(theirs) and mine[-1] != theirs[-1]

    def _holders(self, way: Witness) -> Iterator[tuple[str, str]]:
        """Yield (type, field) of what holds the object that a map belongs to, from the inside out, as far as calls lead there.

        The type is empty where it is not the receiver of a method.
        """
        path: Path | None = way.access.path
        called, field = "", False
        for hop in reversed(way.hops):
            function = self._functions[hop.function]
            if called and path and not self._functions[called].parent:
                argument = handed(hop.site, path[0]) if hop.site is not None else None
                path = argument.path if argument is not None else None  # a literal has the names of the function around it
            elif called and path:
                path = path[:1]
            if not path or path[0][0] not in "rp" or hop.spawns:
                return
            for index, part in reversed([*enumerate(part for part in path[1:] if part[:1] != "[")]):
                if field:
                    yield (self._functions[function.root].receiver if index == 0 and path[0] == "r" else ""), part
                field = True  # the first one is the map itself
            called = hop.function

    def different(self, left: Witness, right: Witness) -> bool:
        """Tell whether two ways surely lead to the maps of different objects."""
        if not left.path or not right.path:
            return False
        if any(way.context.kind == "handler" and self._of_the_request(way) for way in (left, right)):
            return True
        if left.path[0] != right.path[0] and held(self._functions, left.path)[0] == held(self._functions, right.path)[0]:
            return False  # two structs that were made with one pointer in them
        mine, theirs = left.path[0], right.path[0]
        if mine[:1] == "l" and theirs[:1] == "l" and mine != theirs and mine.partition("#")[0] == theirs.partition("#")[0]:
            return True  # two variables of one function; those of different functions may hold one object
        if mine[:1] == "g" and theirs[:1] == "g" and mine != theirs:
            return True
        if (mine != theirs and self._made_apart(left.path, right.path)) or self._put_apart(left, right) or self._put_apart(right, left):
            return True
        return mine == theirs and elements(left.path) != elements(right.path) and _constant(left.path) and _constant(right.path)

    def _made_apart(self, mine: Path, theirs: Path) -> bool:
        """Tell whether two functions have each made an object of their own: neither has got it from the other, of which it is the constructor.

        Objects that literals make are two, unless the map lies deeper in one: what lies there may be what the other function has made and given out.
        """
        ours, others = local(self._functions, mine[0]), local(self._functions, theirs[0])
        if ours is None or others is None or not ours.made or not others.made:
            return False
        if ours.made == others.made == BY_LITERAL:
            deep, flat = (ours, others) if _depth(mine) > _depth(theirs) else (others, ours)
            return _depth(mine) == _depth(theirs) or flat.family not in self._links.comes_to(deep.family)
        return others.family not in self._links.comes_to(ours.family) and ours.family not in self._links.comes_to(others.family)

    def _put_apart(self, left: Witness, right: Witness) -> bool:
        """Tell whether a way goes through a field that a function has put a new object into for itself, and the other one to what another has made.

        That is so where neither function comes to the other: `s.session = newSession(c); s.session.serve()`. Two goroutines that both do so have
        each put one there.
        """
        if not left.path or not right.path or left.path[0][:1] == "l":
            return False
        family, inside = self._maker_in_place(left)
        if not family:
            return False
        other = local(self._functions, right.path[0])
        if other is None:
            return inside and self._maker_in_place(right) == (family, True)
        if not other.made or family == other.family or held(self._functions, right.path) != right.path:
            return False
        return other.family not in self._links.comes_to(family) and family not in self._links.comes_to(other.family)

    def _maker_in_place(self, way: Witness) -> tuple[str, bool]:
        """Return the outermost function that has a field hold a new object and then hands it on to the access, or an empty string.

        And whether the goroutine of the way does that, not who starts it.
        """
        path = way.access.path
        for index in range(len(way.hops) - 1, 0, -1):
            hop, called = way.hops[index - 1], way.hops[index].function
            callee, caller = self._functions[called], self._functions[hop.function]
            if callee.parent and callee.root == caller.root:
                continue  # a literal has the names of the function around it
            argument = handed(hop.site, path[0]) if hop.site is not None and called in hop.site.targets and path[:1] and path[0][0] in "rp" else None
            if argument is None or not argument.path:
                break
            path = (*argument.path, *path[1:])
            if argument.owned and argument.maker >= 0 and self._all_its_own(caller.root, argument.maker, path[len(argument.path)]):
                return caller.root, not any(hop.spawns for hop in way.hops[index - 1 :])
        return "", False

    def _all_its_own(self, family: str, maker: int, field: str) -> bool:
        """Tell whether a constructor is seen to have made what a field holds of its object: it was not handed that."""
        made = [site for function in self._links.family(family) for site in function.calls if site.place.start == maker]
        makers = [self._functions.get(target) for site in made for target in site.targets]
        return bool(makers) and all(function is not None and all(name != field for _, name in function.keeps) for function in makers)

    def made_for_each(self, left: Witness, right: Witness) -> bool:
        """Tell whether each run of one handler or goroutine makes a local map, or what holds the map, for itself.

        That is so where only such runs call the function that declares it.
        """
        entry = left.context.entry
        family = _family(left) if entry == right.context.entry else ""
        if family not in self._functions or family == self._functions[entry].root or family != _family(right):
            return False
        chains = [(context, hops) for context, hops in self._witnesses.chains(family) if not self._functions[hops[0].function].test]
        others = [context for context, _ in chains if context.entry not in (family, entry)]
        return any(context.entry == entry for context, _ in chains) and all(context.concurrent for context in others)

    def out_of_a_container(self, way: Witness) -> bool:
        """Tell whether a handler comes to a local map by a function that was stored somewhere: which activation of its maker that is, nobody sees."""
        family = way.identity[1:].partition("#")[0] if way.identity[:1] == "l" else ""
        link = way.context.link
        if family not in self._functions or not (way.context.kind == "handler" or (link is not None and link.callback is not None)):
            return False
        return self._functions[way.hops[0].function].root != family and self._functions[way.context.entry].root != family

    def of_another_activation(self, way: Witness) -> bool:
        """Tell whether the local variable that is, or holds, a map belongs to a function that the way does not lead through.

        The way came to a literal of it that had been returned or stored: of which activation that was, nobody sees.
        """
        variable = local(self._functions, way.path[0] if way.path else way.identity)
        return variable is not None and all(hop.function != variable.function for hop in way.hops)


def _family(way: Witness) -> str:
    """Return the outermost function around the local variable at the root of a way's map, or an empty string."""
    root = way.path[0] if way.path else way.identity
    return root[1:].partition("#")[0] if root[:1] == "l" else ""


def in_one_activation(left: Witness, right: Witness) -> bool:
    """Tell whether a function has both started a goroutine with one of its parameters, and uses that itself."""
    if not left.path or not right.path or left.path[0] != right.path[0] or left.path[0][0] != "p" or RECEIVED in left.path:
        return False
    return left.hops[0].function == right.hops[0].function and "spawn" in (left.context.kind, right.context.kind)


def elements(path: Path) -> Path:
    """Return the parts of a path that choose an element, by their keys."""
    return tuple(part for part in path if part[:1] == "[")


def _depth(path: Path) -> int:
    """Return how many fields a path leads through."""
    return sum(part[:1] != "[" for part in path)


def looked_up(way: Witness) -> bool:
    """Tell whether the object that holds a map was looked up under a key that is no constant: others may look up others."""
    return way.path is not None and way.identity[:1] == "f" and chosen(way.path[:-1])


def chosen(path: Path) -> bool:
    """Tell whether a path leads through an element whose key is no constant."""
    return any(part[:1] == "[" and part[1:2] not in '"0123456789' for part in path)


def _given_element(way: Witness) -> bool:
    """Tell whether a goroutine is started on an element of something in a loop, which has another one in each turn."""
    link = way.context.link
    if link is None or link.callback is not None or not any(number < 0 for number in link.site.at.nest):
        return False
    given = (link.site.receiver, *link.site.args)
    return any(argument is not None and argument.path is not None and bool(elements(argument.path)) for argument in given)


def _constant(path: Path) -> bool:
    return all(part[1:2] in '"0123456789' for part in elements(path)) and bool(elements(path))
