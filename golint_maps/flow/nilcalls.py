"""What calls do to nil maps: which decode into one, write to one, return one, or leave all maps as they are."""

from __future__ import annotations

from collections.abc import Sequence

from golint_maps.flow.callees import callee
from golint_maps.flow.traverse import each, in_turn, paired, statements
from golint_maps.flow.view import View
from golint_maps.flow.walk import never_returns
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.scope import PackageScope, receiver_name

DECODERS = frozenset(
    (
        "encoding/json",
        "encoding/json/v2",
        "gopkg.in/yaml.v2",
        "gopkg.in/yaml.v3",
        "sigs.k8s.io/yaml",
        "github.com/goccy/go-json",
        "github.com/json-iterator/go",
        "github.com/segmentio/encoding/json",
    )
)
"""Packages whose decoders set a map to nil for `null`."""

_MAX_ENDINGS = 4
"""How many functions deep a panic may be: `errorf` calls `error_`, which panics."""

_LOOKING = frozenset(("len", "cap", "delete", "clear", "print", "println", "min", "max"))
_BUILTINS = _LOOKING | {"append", "copy", "make", "new", "panic", "complex", "real", "imag", "close"}

_PURE = frozenset(
    "bytes cmp context errors fmt hash/fnv io/fs log maps math math/bits math/rand os path path/filepath reflect regexp slices sort strconv strings "
    "time unicode unicode/utf8".split()
)
"""Packages whose functions set no map variable of their caller, unless they are handed a function or an address."""

_WRITERS = {
    model.Named("net/http", "Header"): ("Set", "Add"),
    model.Named("net/url", "Values"): ("Set", "Add"),
    model.Named("net/textproto", "MIMEHeader"): ("Set", "Add"),
}
"""Methods of map types of the standard library that store to the map that they are called on."""

_WRITING = frozenset(("Set", "Add", "Copy", "Insert"))


def only_looks(view: View, fun: ir.Expr) -> bool:
    """Tell whether a call is one of the builtins that read or empty a map, and keep nothing of it."""
    return isinstance(fun, ir.Name) and fun.name in _LOOKING and view.typing.is_builtin(fun, fun.name)


def harmless(view: View, call: ir.Call) -> bool:
    """Tell whether a call surely sets no variable or field that the function can see."""
    if any(isinstance(argument, ir.FuncLit | ir.Addr) for argument in call.args):
        return False
    fun = call.fun
    if isinstance(fun, ir.Name) and fun.name in _BUILTINS and view.typing.is_builtin(fun, fun.name):
        return True
    if isinstance(fun, ir.Sel):
        package = view.typing.package_of(fun.base)
        if package is not None:
            return package in _PURE or view.typing.as_type(fun) is not None
    return not isinstance(fun, ir.FuncLit) and view.typing.as_type(fun) is not None


def decoded(view: View, call: ir.Call) -> ir.Addr | ir.Local | None:
    """Return the argument, `&m` or a local pointer to a struct, of a call that decodes JSON or YAML into it, or None."""
    fun = call.fun
    if not isinstance(fun, ir.Sel) or not call.args or not (fun.name == "Decode" or fun.name.startswith("Unmarshal")):
        return None
    target = call.args[-1]
    if isinstance(target, ir.Local):
        below = view.package.resolver.underlying(view.typing.local(target.id))
        if not isinstance(below, model.Pointer) or not isinstance(view.package.resolver.underlying(below.elem), model.Struct):
            return None
    elif not isinstance(target, ir.Addr):
        return None
    if fun.name.startswith("Unmarshal") and len(call.args) == 2:
        return target if view.typing.package_of(fun.base) in DECODERS else None
    if fun.name == "Decode" and len(call.args) == 1:
        kind = view.typing.of(fun.base)
        if isinstance(kind, model.Pointer):
            kind = kind.elem
        return target if isinstance(kind, model.Named) and kind.name == "Decoder" and kind.package in DECODERS else None
    return None


def written(view: View, call: ir.Call) -> tuple[ir.Expr, bool] | None:
    """Return (the map that a call of the standard library stores to, whether it always stores something), or None.

    `h.Set(…)` always does, `maps.Copy(m, …)` does when there is something to copy.
    """
    fun = call.fun
    if not isinstance(fun, ir.Sel) or fun.name not in _WRITING:
        return None
    package = view.typing.package_of(fun.base)
    if package is not None:
        return (call.args[0], False) if package == "maps" and call.args and fun.name in ("Copy", "Insert") else None
    if fun.name not in ("Set", "Add"):
        return None
    kind = view.typing.of(fun.base)
    if isinstance(kind, model.Named) and fun.name in _WRITERS.get(kind, ()):
        return fun.base, True
    return None


def clones(view: View, fun: ir.Expr) -> bool:
    """Tell whether a call is of `maps.Clone`, which returns nil for a nil map."""
    return isinstance(fun, ir.Sel) and fun.name == "Clone" and view.typing.package_of(fun.base) in ("maps", "golang.org/x/exp/maps")


def locks(call: ir.Expr) -> tuple[ir.Expr, bool] | None:
    """Return (lock, whether it is taken for writing) of a call that takes a lock or gives it back, or None. Goes by the method's name."""
    fun = call.fun if isinstance(call, ir.Call) else None
    if not isinstance(call, ir.Call) or not isinstance(fun, ir.Sel) or call.args or fun.name not in ("Lock", "Unlock", "RLock", "RUnlock"):
        return None
    return fun.base, fun.name == "Lock"


def may_change(view: View, fun: ir.Sel) -> bool:
    """Tell whether a method may assign to what it is called on, or to what that leads to. Methods of plain map types with value receivers cannot."""
    kind = view.typing.of(fun.base)
    method = view.package.resolver.method(kind, fun.name)
    if method is None or method.function is None or method.path:
        return not (isinstance(kind, model.Named) and kind in _WRITERS)
    return isinstance(method.function.node.receiver_type, ir.TPtr) or view.package.resolver.map(kind) is None


def returns_nil(view: View, call: ir.Call) -> bool:
    """Tell whether a call is of a function of this package whose every return is a literal nil for its one result, a map."""
    match call.fun:
        case ir.Name(name) if name in view.package.scope.functions:
            function = view.package.scope.functions[name].node
        case _:
            return False
    if function.body is None or len(function.type.results) != 1 or view.package.resolver.map(view.typing.of(call)) is None:
        return False
    returns = [statement for statement in statements(function.body) if isinstance(statement, ir.Return)]
    return bool(returns) and all(len(item.values) == 1 and isinstance(item.values[0], ir.Name) and item.values[0].name == "nil" for item in returns)


def cleared(view: View, call: ir.Call) -> tuple[str, ...]:
    """Return the fields that a method of this package surely leaves nil in what it is called on: `full := b.points; b.points = nil; return full`."""
    known: dict[str, dict[str, tuple[str, ...]]] | None = view.package.memo.get(__name__)
    if known is None:
        known = view.package.memo[__name__] = {}
        for name, methods in view.package.scope.methods.items():
            for method, declared in methods.items():
                if fields := _cleared(declared.node):
                    known.setdefault(method, {})[name] = fields
    if not isinstance(call.fun, ir.Sel) or call.fun.name not in known:
        return ()
    found = callee(view, call)
    if found is None or found.declared is None or found.receiver is None or found.embedded or found.declared.node.receiver_type is None:
        return ()
    return known[call.fun.name].get(receiver_name(found.declared.node.receiver_type), ())


def _cleared(method: ir.Function) -> tuple[str, ...]:
    body = list(in_turn(method.body or ()))
    fields: dict[str, int] = {}
    for assign in body:
        if isinstance(assign, ir.Assign):
            for target, value in paired(assign):
                if isinstance(target, ir.Sel) and _is_local(target.base, method.receiver) and isinstance(value, ir.Name) and value.name == "nil":
                    fields[target.name] = assign.pos
    if not fields or not isinstance(method.receiver_type, ir.TPtr):
        return ()
    if any(True for _ in each(body, ir.Defer)) or any(returned is not body[-1] for returned in each(body, ir.Return)):
        return ()
    # Whoever gets the object afterwards may make the map again.
    handed = [
        call.pos
        for call in each(body, ir.Call)
        if any(_is_local(x, method.receiver) for x in (*call.args, *((call.fun.base,) if isinstance(call.fun, ir.Sel) else ())))
    ]
    stored = [(target.name, assign.pos) for assign in each(body, ir.Assign) for target in assign.lhs if isinstance(target, ir.Sel)]
    return tuple(
        name for name, pos in sorted(fields.items()) if all(at < pos for at in handed) and not any(other == name and at > pos for other, at in stored)
    )


def _is_local(x: ir.Expr, number: int) -> bool:
    return isinstance(x, ir.Local) and x.id == number >= 0


def ends(view: View, call: ir.Call) -> bool:
    """Tell whether a call is of a function of this package, or a literal in a variable, that surely does not return: it ends in a panic or exit."""
    found = callee(view, call)
    if found is None:
        return False
    if found.literal >= 0:
        return _never_returns(view.facts.functions[found.literal].body, view.package.scope)
    return found.declared is not None and _never_returns(found.declared.node.body, view.package.scope)


def _never_returns(body: Sequence[ir.Stmt] | None, package: PackageScope, depth: int = 0) -> bool:
    """Tell whether a body has no return and ends in a call that does not come back, perhaps through further functions of the package."""
    if not body or not isinstance(body[-1], ir.Do) or depth > _MAX_ENDINGS:
        return False
    last = body[-1].x
    if not never_returns(last):
        match last:
            case ir.Call(ir.Name(name)) if name in package.functions:
                if not _never_returns(package.functions[name].node.body, package, depth + 1):
                    return False
            case _:
                return False
    return not any(isinstance(statement, ir.Return) for statement in statements(body))
