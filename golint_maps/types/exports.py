"""What other packages can see of a file: its declarations without bodies, positions and comments.

Editing a body or moving a declaration leaves these as they are, so they also tell whether those who import the package must look again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from golint_maps.syntax import ir

_NOTHING: Final = ir.Opaque(0, 0)


def exports(facts: ir.FileFacts) -> ir.FileFacts:
    """Return the declarations of a file. Shares parts with `facts`, and is the same whether those have bodies or not."""
    functions = facts.functions
    return ir.FileFacts(
        package=facts.package,
        package_doc="",
        imports=[ir.Import(item.path, item.alias, 0, 0) for item in facts.imports],
        types=[
            ir.TypeDecl(node.name, type_parameters(node.params), bare(node.type), node.alias, 0, 0) for node in facts.types if "·" not in node.name
        ],
        variables=[variable(node, functions) for node in facts.variables],
        constants=_constants(facts),
        functions=[signature(node) for node in functions if node.parent < 0 and node.name != "var·"],
        comments=[],
        build="",
        generated=False,
        cgo_preamble="",
        errors=[],
        lines=0,
        size=0,
    )


def _constants(facts: ir.FileFacts) -> list[ir.ConstDecl]:
    found: list[ir.ConstDecl] = []
    repeated: ir.Expr | None = None
    short: ir.Expr | None = None
    for node in facts.constants:
        if node.type is not None:
            found.append(ir.ConstDecl(node.name, node.type, None, 0))
            continue
        # Lists that count have one value for all names.
        if node.value is not repeated:
            repeated, short = node.value, shortened(node.value, facts.functions)
        found.append(ir.ConstDecl(node.name, None, short, 0))
    return found


def signature(node: ir.Function) -> ir.Function:
    """Return a function without its body and its variables."""
    receiver = bare(node.receiver_type) if node.receiver_type is not None else None
    return ir.Function(node.name, -1, receiver, type_parameters(node.type_params), _bare_function(node.type), [], [], None, [], -1, 0, [], 0, 0, 0)


def variable(node: ir.VarDecl, functions: Sequence[ir.Function]) -> ir.VarDecl:
    """Return a package variable with its type, or else with the value that its type is told from."""
    if node.type is not None:
        return ir.VarDecl(node.name, bare(node.type), None, 0, 0)
    return ir.VarDecl(node.name, None, shortened(node.value, functions), node.result, 0)


def type_parameters(params: Sequence[ir.TypeParam]) -> list[ir.TypeParam]:
    """Return type parameters without positions."""
    return [ir.TypeParam(item.name, bare(item.constraint)) for item in params]


def bare(kind: ir.TypeExpr) -> ir.TypeExpr:
    """Return a type without positions and comments."""
    match kind:
        case ir.TName() | ir.TQual():
            return kind
        case ir.TPtr(elem):
            return ir.TPtr(bare(elem))
        case ir.TSlice(elem):
            return ir.TSlice(bare(elem))
        case ir.TFunc():
            return _bare_function(kind)
        case ir.TStruct(fields):
            return ir.TStruct([ir.Field(item.name, bare(item.type), item.embedded, 0, 0) for item in fields])
        case ir.TInterface(methods, embeds, union):
            found = [ir.Method(item.name, _bare_function(item.type)) for item in methods]
            return ir.TInterface(found, [bare(item) for item in embeds], [bare(item) for item in union])
        case ir.TMap(key, value):
            return ir.TMap(bare(key), bare(value))
        case ir.TArray(elem, length):
            return ir.TArray(bare(elem), length)
        case ir.TInst(base, args):
            return ir.TInst(bare(base), [bare(item) for item in args])
        case ir.TChan(elem, direction):
            return ir.TChan(bare(elem), direction)
    return kind


def _bare_function(kind: ir.TFunc) -> ir.TFunc:
    return ir.TFunc([bare(item) for item in kind.params], [bare(item) for item in kind.results], kind.variadic)


def shortened(x: ir.Expr | None, functions: Sequence[ir.Function]) -> ir.Expr | None:
    """Return an expression without what its type does not depend on: positions, elements of literals, texts of constants.

    A function literal becomes a type assertion to its type, which needs no body. `functions` are those of the file.
    """
    if isinstance(x, ir.Const):
        return ir.Const(x.kind, "", 0)

    def inner(x: ir.Expr) -> ir.Expr:
        return shortened(x, functions) or _NOTHING

    match x:
        case ir.Name(name):
            return ir.Name(name, 0)
        case ir.Sel(base, name):
            return ir.Sel(inner(base), name, 0, 0)
        case ir.Index(base, index):
            return ir.Index(inner(base), inner(index), 0, 0)
        case ir.Call(fun, args, _, _, spread):
            return ir.Call(inner(fun), [inner(item) for item in args], 0, 0, spread)
        case ir.Lit(kind):
            return ir.Lit(bare(kind) if kind else None, [], 0, 0)
        case ir.FuncLit(number):
            return ir.Assert(_NOTHING, _bare_function(functions[number].type), 0, 0)
        case ir.Addr(operand):
            return ir.Addr(inner(operand), 0, 0)
        case ir.Deref(operand):
            return ir.Deref(inner(operand), 0, 0)
        case ir.Recv(operand):
            return ir.Recv(inner(operand), 0, 0)
        case ir.Unary(op, operand):
            return ir.Unary(op, inner(operand), 0, 0)
        case ir.Binary(op, left, right):
            return ir.Binary(op, inner(left), inner(right), 0, 0)
        case ir.SliceOf(operand):
            return ir.SliceOf(inner(operand), [], 0, 0)
        case ir.TypeArg(kind):
            return ir.TypeArg(bare(kind), 0, 0)
        case ir.Inst(base, args):
            return ir.Inst(inner(base), [bare(item) for item in args], 0, 0)
        case ir.Assert(_, kind):
            return ir.Assert(_NOTHING, bare(kind), 0, 0)
    return None
