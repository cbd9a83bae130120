"""Switches for maps that no version of Go has: settings, directives, flags and experiments, in directives and in strings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from golint_maps.flow.internals.facts import NonexistentKnob
from golint_maps.flow.internals.tables import ONLY_SWISS
from golint_maps.flow.maps import extent, place
from golint_maps.flow.site import Place
from golint_maps.flow.traverse import expressions, operands, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir

REAL_SETTINGS: Final = frozenset(("decoratemappings",))
"""The GODEBUG settings of Go with `map` in their names."""

_UNKNOWN: Final = "…"
"""Stands for the parts of a text that the program works out as it runs."""

_GODEBUG: Final = re.compile(r"(?:^|[\s;'\"`])GODEBUG=([\w=,.…%${}\-]+)")
_SETTINGS: Final = re.compile(r"[\w.…-]+(?:=[\w.…#-]*)?(?:,[\w.…-]+(?:=[\w.…#-]*)?)*,?")
_EXPERIMENT: Final = re.compile(r"(?:^|[\s;'\"`])GOEXPERIMENT=([\w,]+)")
_COMMAND_FLAG: Final = re.compile(r"\bgo (?:test|build|run|vet|install)\b[^;&|]*\s(--?maprace)\b")
_FLAGS: Final = frozenset(("-maprace", "--maprace"))
_COMMANDS: Final = frozenset(("go", "test", "build", "run", "vet", "install"))
_TEST_FLAG: Final = re.compile(
    r"--?(?:race|msan|asan|short|benchmem|failfast|(?:count|bench|benchtime|cover|coverpkg|coverprofile|covermode|cpu|vet|tags|shuffle)(?:=.*)?)"
)
"""Flags of the go command, and of its test programs, that other programs hardly have."""
_GONE_EXPERIMENTS: Final = frozenset(("swissmap", "noswissmap", "swissmaps", "noswissmaps"))
_DIRECTIVE: Final = re.compile(r"//go:([a-z]*map[a-z]*)\b")
_DEBUG: Final = re.compile(r"//go:debug\s+([\w.-]+)=?(\S*)")
_VERB: Final = re.compile(r"%[-+# 0-9.*\[\]]*[a-zA-Z]")
_JOINED: Final = re.compile(r"\"\s*\+\s*\"")
_WORDS: Final = ("GODEBUG", "GOEXPERIMENT", "maprace")


def is_map_setting(key: str) -> bool:
    """Tell whether a GODEBUG key would be about maps if there were such a one."""
    return "map" in key.lower() and key not in REAL_SETTINGS


def directives(package: PackageView, file: int) -> Iterator[NonexistentKnob]:
    """Yield the directives of a file that name no directive or setting of Go."""
    for comment in package.scope.files[file].comments:
        debug = _DEBUG.match(comment.text)
        unknown = _DIRECTIVE.match(comment.text)
        if debug and is_map_setting(debug[1]):
            kind, knob = "debug-line", debug[1]
        elif unknown:
            kind, knob = "directive", f"//go:{unknown[1]}"
        else:
            continue
        where = Place(package.paths[file], comment.pos, comment.pos + len(comment.text.encode()))
        yield NonexistentKnob(place=where, function="", package=package.scope.path, map=knob, kind=kind, knob=knob, go=package.go[file][1])


def strings(view: View) -> Iterator[NonexistentKnob]:
    """Yield the switches that stand in the strings of a function."""
    for statement in view.statements:
        for operand in operands(statement):
            for x in subexpressions(operand):
                if isinstance(x, ir.Call):
                    yield from _arguments(view, x)
                elif isinstance(x, ir.Lit):
                    yield from _elements(view, x.elements)
                elif isinstance(x, ir.Const):
                    for kind, knob in switches(_text(x), view.go[1]):
                        yield _fact(view, x, kind, knob)
                elif isinstance(x, ir.Binary) and x.op == "+" and isinstance(x.right, ir.Const):
                    # `name + "=mapdebug=1"`: neither half says it alone.
                    before = set(switches(_composed(view, x.left), view.go[1]))
                    for kind, knob in switches(_composed(view, x), view.go[1]):
                        if (kind, knob) not in before:
                            yield _fact(view, x.right, kind, knob)


def constants(package: PackageView, file: int) -> Iterator[NonexistentKnob]:
    """Yield the switches in a file's package-level constants."""
    for node in package.scope.files[file].constants:
        if isinstance(node.value, ir.Const) and any(word in node.value.text for word in _WORDS):
            for kind, knob in switches(_text(node.value), package.go[file][1]):
                where = Place(package.paths[file], node.value.pos, node.value.pos + len(node.value.text.encode()))
                yield NonexistentKnob(place=where, function="", package=package.scope.path, map=knob, kind=kind, knob=knob, go=package.go[file][1])


def switches(text: str, go: int) -> Iterator[tuple[str, str]]:
    """Yield (kind, switch) of what a string sets in an environment or on a command line."""
    if "GODEBUG=" in text:
        for found in _GODEBUG.findall(text):
            yield from _settings(found)
    if "GOEXPERIMENT=" in text:
        for found in _EXPERIMENT.findall(text):
            yield from _experiments(found, go)
    if "maprace" in text and (flag := _COMMAND_FLAG.search(text)):
        yield "flag", flag[1]


def _settings(text: str) -> Iterator[tuple[str, str]]:
    for item in text.split(","):
        # `previous + "mapdebug=1"`: what comes before ends with a comma, or with nothing.
        key = item.partition("=")[0].strip().rpartition(_UNKNOWN)[2]
        if is_map_setting(key):
            yield "godebug", key


def _experiments(text: str, go: int) -> Iterator[tuple[str, str]]:
    for item in text.split(","):
        if item in _GONE_EXPERIMENTS and (go >= ONLY_SWISS or item.endswith("s")):
            yield "experiment", item


def _arguments(view: View, call: ir.Call) -> Iterator[NonexistentKnob]:
    """`os.Setenv("GODEBUG", "mapdebug=1")`, `exec.Command("go", "test", "-maprace")`, `args = append(args, "-maprace")` for such a command."""
    args = call.args
    texts = [_value(view, arg) for arg in args]
    for name, x in zip(texts, args[1:], strict=False):
        if name:
            yield from _pair(view, name, x, _composed(view, x))
    yield from _flags(view, args, texts, listed=view.typing.is_builtin(call.fun, "append"))


def _runs_go(package: PackageView) -> bool:
    """Tell whether a package hands the name of the go command to anybody: `exec.Command("go", args...)`."""
    if "runs go" not in package.memo:
        bodies = (function.body for file in package.scope.files for function in file.functions if function.body)
        calls = (x for body in bodies for x in expressions(body) if isinstance(x, ir.Call))
        package.memo["runs go"] = any(isinstance(arg, ir.Const) and _text(arg) == "go" for call in calls for arg in call.args)
    known: bool = package.memo["runs go"]
    return known


def _elements(view: View, elements: Sequence[ir.Element]) -> Iterator[NonexistentKnob]:
    """`[]string{"test", "-maprace"}`, `map[string]string{"GODEBUG": "mapdebug=1"}`."""
    for element in elements:
        if isinstance(element.key, ir.Const):
            yield from _pair(view, _text(element.key), element.value, _composed(view, element.value))
    values = [element.value for element in elements]
    yield from _flags(view, values, [_value(view, x) for x in values], listed=True)


def _pair(view: View, name: str, x: ir.Expr, value: str) -> Iterator[NonexistentKnob]:
    if name == "GODEBUG" and _SETTINGS.fullmatch(value):
        for kind, knob in _settings(value):
            yield _fact(view, x, kind, knob)
    elif name == "GOEXPERIMENT":
        for kind, knob in _experiments(value, view.go[1]):
            yield _fact(view, x, kind, knob)


def _flags(view: View, args: Sequence[ir.Expr], texts: Sequence[str], *, listed: bool) -> Iterator[NonexistentKnob]:
    """Yield flags that stand beside words or flags of the go command, or that are `listed` in a package that runs it."""
    if _FLAGS.isdisjoint(texts):
        return
    beside = not _COMMANDS.isdisjoint(texts) or any(_TEST_FLAG.fullmatch(text) for text in texts)
    if beside or (listed and _runs_go(view.package)):
        for x, text in zip(args, texts, strict=True):
            if text in _FLAGS:
                yield _fact(view, x, "flag", text)


def _text(x: ir.Const) -> str:
    # Strings that are put together by `+` are one constant, with the text of the source.
    return _JOINED.sub("", x.text[1:-1]) if x.kind == "string" and len(x.text) > 1 else ""


def _value(view: View, x: ir.Expr) -> str:
    """Return the text that a string, or the name of a constant of the package, stands for; nothing for all else."""
    if isinstance(x, ir.Name) and x.name in view.package.scope.constants:
        value = view.package.scope.constants[x.name].node.value
        return _text(value) if isinstance(value, ir.Const) else ""
    return _text(x) if isinstance(x, ir.Const) else ""


def _composed(view: View, x: ir.Expr) -> str:
    """Return the text that an expression puts together, as far as it is written: `os.Getenv("GODEBUG") + ",mapdebug=1"`."""
    match x:
        case ir.Binary("+", left, right):
            return _composed(view, left) + _composed(view, right)
        case ir.Call(ir.Sel(package, "Sprintf"), [form, *_]) if view.typing.package_of(package) == "fmt":
            return _VERB.sub(_UNKNOWN, _value(view, form))
    return _value(view, x) or ("" if isinstance(x, ir.Const) else _UNKNOWN)


def _fact(view: View, x: ir.Expr, kind: str, knob: str) -> NonexistentKnob:
    x = next((part for part in subexpressions(x) if isinstance(part, ir.Const) and knob in part.text), x)
    where = place(view, *extent(x, view))
    return NonexistentKnob(place=where, function=view.name, package=view.package.scope.path, map=knob, kind=kind, knob=knob, go=view.go[1])
