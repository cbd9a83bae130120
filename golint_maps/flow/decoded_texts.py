"""Where the texts come from that are decoded: whether they may be `null`."""

from __future__ import annotations

import re
from typing import Final

from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

_RENDERS: Final = frozenset(("Execute", "ExecuteTemplate"))
_GIVEN: Final = re.compile(r"Options?|Settings?|Config|Flags?|Args|Params?|Request|Req(?![a-z])|Input|Message|Body|Event|Command", re.IGNORECASE)
"""Names of structs that hold what somebody has set, or sent."""


def never_null(view: View, call: ir.Call) -> bool:
    """Tell whether the text that a call decodes is surely not `null`: a constant that is none, or what was encoded or rendered just before."""
    if len(call.args) != 2:
        return False
    return _not_null(view, call.args[0]) or _decoded_before(view, call) or _rendered(view, call.args[0])


def _decoded_before(view: View, call: ir.Call) -> bool:
    """Tell whether the same text was decoded into a struct before: what its fields say decides how it goes on."""
    text = _text(view, call.args[0])
    for body in (function.body or () for function in view.functions):
        for other in each(body, ir.Call):
            match other:
                case ir.Call(ir.Sel(_, name), [source, ir.Addr(target)], pos) if pos < call.pos and name.startswith("Unmarshal"):
                    if _text(view, source) == text and isinstance(view.package.resolver.underlying(view.typing.of(target)), model.Struct):
                        return True
    return False


def _text(view: View, x: ir.Expr) -> str:
    """Return what two expressions for the same text have in common: `[]byte(s)` is the text of s."""
    return view.paths.key(view.typing.unconverted(x))


def _not_null(view: View, x: ir.Expr) -> bool:
    match x:
        case ir.Const("string", text):
            return text[1:].lstrip().startswith("{") or (len(text) > 2 and not text[1:].lstrip().startswith(("null", "\\", "~")))
        case ir.Name(name) if name in view.package.scope.constants:
            value = view.package.scope.constants[name].node.value
            return value is not None and _not_null(view, value)
        case ir.Name(name) if name in view.package.scope.variables:
            return _embedded(view, name)
        case ir.Call(ir.Sel(_, "Marshal" | "MarshalIndent")):
            return True
        case ir.Call(ir.TypeArg(), [argument]):
            return _not_null(view, argument)
        case ir.Local(number) if not view.assignments[number]:
            definition = view.typing.definitions.get(number)
            return isinstance(definition, FromValue) and definition.index == 0 and _not_null(view, definition.value)
        case ir.Local(number):
            # `data, err = json.Marshal(v)`, and nothing else is ever assigned to it.
            return all(
                isinstance(statement.rhs[0], ir.Call) and _not_null(view, statement.rhs[0])
                for statement in view.statements
                if isinstance(statement, ir.Assign) and statement.rhs and any(isinstance(x, ir.Local) and x.id == number for x in statement.lhs)
            )
    return False


def _embedded(view: View, name: str) -> bool:
    """Tell whether a package variable holds a file that `//go:embed` names: what is shipped with the program is not `null`."""
    declared = view.package.scope.variables[name]
    before = (comment for comment in view.package.scope.files[declared.file].comments if comment.pos < declared.node.pos)
    last = max(before, key=lambda comment: comment.pos, default=None)
    # Between the directive and the name stand a line break and `var`, at most.
    return last is not None and last.text.startswith("//go:embed") and declared.node.pos - last.pos - len(last.text.encode()) <= len("\r\nvar  ")


def _rendered(view: View, text: ir.Expr) -> bool:
    """Tell whether a text is that of a buffer of the function which only templates are rendered into: they are shipped with the program."""
    match text:
        case ir.Call(ir.Sel(ir.Local(buffer), "Bytes" | "String"), []):
            pass
        case ir.Call(ir.TypeArg(), [inner]):
            return _rendered(view, inner)
        case _:
            return False
    taken = rendered = 0
    for body in (function.body or () for function in view.functions):
        for call in each(body, ir.Call):
            given = sum(_is_address_of(x, buffer) for x in call.args)
            taken += given
            rendered += given if isinstance(call.fun, ir.Sel) and call.fun.name in _RENDERS else 0
    addresses = sum(_is_address_of(x, buffer) for function in view.functions for x in each(function.body or (), ir.Addr))
    return rendered > 0 and rendered == taken == addresses


def _is_address_of(x: ir.Expr, number: int) -> bool:
    return isinstance(x, ir.Addr) and isinstance(x.x, ir.Local) and x.x.id == number


def kept(view: View, call: ir.Call) -> bool:
    """Tell whether a text is one that the program keeps, and has written itself as a rule.

    That is a field that is a `string`, of a record and not of what somebody has asked for or set, and any other field of a struct of the package.
    """
    if len(call.args) != 2:
        return False
    text = call.args[0]
    match text:
        case ir.Call(ir.TypeArg(), [ir.Sel() as field]) if view.typing.package_of(field.base) is None:
            return view.package.resolver.underlying(view.typing.of(field)) == model.STRING and _is_of_record(view, field)
        case ir.Local(number) if not view.assignments[number]:
            definition = view.typing.definitions.get(number)
            text = definition.value if isinstance(definition, FromValue) else text
    return isinstance(text, ir.Sel) and _is_own(view, text) and _is_of_record(view, text)


def _is_of_record(view: View, x: ir.Sel) -> bool:
    field = view.package.resolver.field(view.typing.of(x.base), x.name)
    return field is not None and isinstance(field.owner, model.Named) and not _GIVEN.search(field.owner.name)


def _is_own(view: View, x: ir.Sel) -> bool:
    field = view.package.resolver.field(view.typing.of(x.base), x.name)
    return field is not None and isinstance(field.owner, model.Named) and field.owner.package == view.package.scope.path
