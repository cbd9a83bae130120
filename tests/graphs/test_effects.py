"""Effects on maps through calls."""

from __future__ import annotations

import msgspec

from golint_maps.flow.callees import Wanted
from golint_maps.flow.effects import EffectCall, FunctionEffects, MapEffect
from golint_maps.flow.site import Place
from golint_maps.graphs.effects import EffectTable, translate

HERE = Place("p.go", 0, 1)
Path = tuple[str, ...]


def deletes(path: Path, key: Path | None) -> MapEffect:
    return MapEffect("delete", path, key, False, HERE, "m")


def function(id: str, *effects: MapEffect, calls: tuple[EffectCall, ...] = ()) -> FunctionEffects:
    return FunctionEffects(id, id, effects, calls)


def call(callee: str, receiver: Path | None = None, *args: Path | None) -> EffectCall:
    return EffectCall(callee, HERE, callee, receiver, args)


def reached(table: EffectTable, id: str) -> list[tuple[Path, Path | None, int]]:
    return [(found.effect.path, found.effect.key, len(found.chain)) for found in table.of(id)]


def test_paths_are_translated_at_each_call() -> None:
    assert translate(("r", "m"), ("p0", "cache"), ()) == ("p0", "cache", "m")
    assert translate(("p1",), None, (None, ("gp.all",))) == ("gp.all",)
    assert translate(("p1",), None, (None, None)) is None
    assert translate(("r", "m"), None, ()) is None
    assert translate(("gp.all",), None, ()) == ("gp.all",)


def test_an_effect_comes_up_through_calls_of_any_depth() -> None:
    table = EffectTable(
        [
            function("a", calls=(call("b", ("r", "inner"), ("p0",)),)),
            function("b", calls=(call("c", ("r",), ("p0",)),)),
            function("c", deletes(("r", "m"), ("p0",))),
        ]
    )
    assert reached(table, "a") == [(("r", "inner", "m"), ("p0",), 2)]


def test_a_key_that_the_caller_does_not_hand_on_is_another_key() -> None:
    table = EffectTable([function("a", calls=(call("b", ("r",), None),)), function("b", deletes(("r", "m"), ("p0",)))])
    assert reached(table, "a") == [(("r", "m"), None, 1)]


def test_recursion_ends_and_tells_of_other_keys() -> None:
    table = EffectTable([function("a", deletes(("r", "m"), ("p0",)), calls=(call("a", ("r",), None),))])
    assert reached(table, "a") == [(("r", "m"), ("p0",), 0), (("r", "m"), None, 1)]


def test_mutual_recursion_reaches_a_fixed_point() -> None:
    table = EffectTable(
        [
            function("a", calls=(call("b", ("r",)),)),
            function("b", calls=(call("a", ("r",)), call("c", ("r",)))),
            function("c", deletes(("r", "m"), None)),
        ]
    )
    assert reached(table, "a") == [(("r", "m"), None, 2)]


RUN = Wanted("p.Runner", "Run", ("*p.T", "->"))


def behind(functions: list[FunctionEffects], *candidates: str, whole: bool = True) -> list[tuple[Path, Path | None, int]]:
    """Return what a call of `Runner.Run` may do where these are the candidates."""
    return reached(EffectTable(functions, lambda wanted: [(id, whole) for id in candidates] if wanted == RUN else []), RUN.id)


def test_a_method_of_an_interface_counts_when_one_type_can_be_behind_it() -> None:
    one = function("p.T.Run", deletes(("r", "m"), None))
    two = function("p.U.Run")
    assert behind([one], "p.T.Run") == [(("r", "m"), None, 0)]
    assert behind([one, two], "p.T.Run", "p.U.Run") == []
    assert behind([one], "p.T.Run", "q.V.Run") == []
    assert behind([one]) == []


def test_a_type_without_all_of_the_interface_must_embed_the_rest() -> None:
    one = function("p.T.Run", deletes(("r", "m"), None))
    assert behind([one], "p.T.Run", whole=False) == []
    assert behind([msgspec.structs.replace(one, promotes=True)], "p.T.Run", whole=False) == [(("r", "m"), None, 0)]


def test_a_method_of_an_interface_that_few_types_have_may_insert_into_what_it_is_handed() -> None:
    def inserts(path: Path) -> MapEffect:
        return MapEffect("insert", path, None, False, HERE, "m")

    one = function("p.T.Run", inserts(("p0", "m")), inserts(("r", "m")), deletes(("p0", "n"), None))
    others = [f"p.{name}.Run" for name in "TUV"]
    assert behind([one], *others) == [(("p0", "m"), None, 0)]
    assert behind([one], *others, *(f"q.{name}.Run" for name in "TUV")) == []


def test_methods_of_headers_are_known() -> None:
    assert reached(EffectTable([]), "net/http.Header.Del") == [(("r",), ("p0",), 0)]


def test_what_a_literal_has_captured_is_known_to_the_function_around_it_alone() -> None:
    table = EffectTable(
        [
            function("a", calls=(call("b"),)),
            function("b", calls=(call("p·p.go·3"),)),
            function("p·p.go·3", deletes(("l1",), None)),
        ]
    )
    assert reached(table, "b") == [(("l1",), None, 1)]
    assert reached(table, "a") == []
