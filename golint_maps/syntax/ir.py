"""The sparse IR: what one Go file says, without the tree that it was parsed from.

Everything here is a plain `msgspec` struct, encoded as an array. Positions are byte offsets into the file; lines and columns
are computed where a report needs them. Names of local variables are resolved to numbered `Variable`s while the file is lowered,
so shadowing never has to be thought of again. Everything else (package-level names, imports, the universe) stays a name.
"""

from __future__ import annotations

from typing import Final

import msgspec

SCHEMA: Final = 1
"""Version of this layout. Part of every cache key: raise it when a struct below changes."""


class _Node(msgspec.Struct, array_like=True, gc=False):
    """Base of all IR nodes. Nothing below makes reference cycles, so the garbage collector need not track them."""


class _Variant(_Node, tag_field="variant"):
    """Base of the nodes that stand in unions: each has a number of its own. (The default name of that number, `type`, is a field here.)"""


# --- types, as written -------------------------------------------------------------------------------------------------


class TName(_Variant, tag=40):
    """An identifier used as a type: `string`, `Cache`, `K`. Types declared inside of a function are named `Name·offset`."""

    name: str


class TQual(_Variant, tag=41):
    """A type of another package: `sync.Map`."""

    package: str
    name: str


class TInst(_Variant, tag=42):
    """A generic type with its arguments: `Set[string]`."""

    base: TypeExpr
    args: list[TypeExpr]


class TPtr(_Variant, tag=43):
    elem: TypeExpr


class TSlice(_Variant, tag=44):
    elem: TypeExpr


class TArray(_Variant, tag=45):
    """`length` is the source text of the length, `...` included."""

    elem: TypeExpr
    length: str


class TMap(_Variant, tag=46):
    key: TypeExpr
    value: TypeExpr


class TChan(_Variant, tag=47):
    """`direction` is `both`, `send` or `receive`."""

    elem: TypeExpr
    direction: str


class TFunc(_Variant, tag=48):
    """A signature. A variadic last parameter has the type of its elements."""

    params: list[TypeExpr]
    results: list[TypeExpr]
    variadic: bool = False


class Field(_Node):
    """A struct field. An embedded field has the name of its type. `comment` holds doc and trailing comment, if they may matter.

    `apart` says, in structs with such comments, that an empty line stands before the field.
    """

    name: str
    type: TypeExpr
    embedded: bool
    pos: int
    end: int
    comment: str = ""
    apart: bool = False


class TStruct(_Variant, tag=49):
    fields: list[Field]


class Method(_Node):
    name: str
    type: TFunc
    pos: int = 0


class TInterface(_Variant, tag=50):
    """`embeds` are embedded interfaces; `union` holds the terms of a constraint (`~map[K]V | ~[]V`), without their tildes."""

    methods: list[Method]
    embeds: list[TypeExpr]
    union: list[TypeExpr] = []


class TUnknown(_Variant, tag=51):
    """Text that could not be parsed as a type."""


TypeExpr = TName | TQual | TInst | TPtr | TSlice | TArray | TMap | TChan | TFunc | TStruct | TInterface | TUnknown


# --- expressions -------------------------------------------------------------------------------------------------------


class Local(_Variant, tag=1):
    """A use of a local variable: an index into `Function.variables` of the outermost function. `pos` is the use's own."""

    id: int
    pos: int


class Name(_Variant, tag=2):
    """A use of a name that is no local variable: package-level, imported, or of the universe (`nil`, `true`, `make`)."""

    name: str
    pos: int


class Sel(_Variant, tag=3):
    """`base.name`: field, method value, or a name of an imported package. `pos` is the start of the whole expression."""

    base: Expr
    name: str
    pos: int
    end: int


class Index(_Variant, tag=4):
    """`base[index]`: look-up, or a generic function with one type argument (only types can tell)."""

    base: Expr
    index: Expr
    pos: int
    end: int


class Call(_Variant, tag=5):
    """A call, a conversion, or a builtin: `make(map[K]V)` has a `TypeArg` first. `spread` says that the last argument has `...`."""

    fun: Expr
    args: list[Expr]
    pos: int
    end: int
    spread: bool = False


class Element(_Node):
    """One element of a composite literal. The key of a struct literal is a `Name` with the field's name."""

    key: Expr | None
    value: Expr


class Lit(_Variant, tag=6):
    """A composite literal. `type` is None for the inner literals whose type is elided.

    Slices and arrays with more than a few elements leave those out that are written as constants only; in a generated file also those with
    names that are not declared there.
    """

    type: TypeExpr | None
    elements: list[Element]
    pos: int
    end: int


class FuncLit(_Variant, tag=7):
    """A function literal: an index into `FileFacts.functions`."""

    function: int
    pos: int
    end: int


class Addr(_Variant, tag=8):
    """`&x`"""

    x: Expr
    pos: int
    end: int


class Deref(_Variant, tag=9):
    """`*x`"""

    x: Expr
    pos: int
    end: int


class Recv(_Variant, tag=10):
    """`<-x`"""

    x: Expr
    pos: int
    end: int


class Unary(_Variant, tag=11):
    """`op` is one of `! - + ^ ~`."""

    op: str
    x: Expr
    pos: int
    end: int


class Binary(_Variant, tag=12):
    op: str
    left: Expr
    right: Expr
    pos: int
    end: int


class Assert(_Variant, tag=13):
    """`x.(T)`"""

    x: Expr
    type: TypeExpr
    pos: int
    end: int


class SliceOf(_Variant, tag=14):
    """`x[lo:hi:max]`; `bounds` are those that are written."""

    x: Expr
    bounds: list[Expr]
    pos: int
    end: int


class Const(_Variant, tag=15):
    """A basic literal. `kind` is `int`, `float`, `imaginary`, `rune` or `string`; `text` is the source text (at most 80 bytes)."""

    kind: str
    text: str
    pos: int


class TypeArg(_Variant, tag=16):
    """A type where an expression stands: `make(map[K]V)`, `[]byte(s)`, `f[map[K]V]`."""

    type: TypeExpr
    pos: int
    end: int


class Inst(_Variant, tag=17):
    """A generic function or type with two or more arguments: `f[K, V]`."""

    base: Expr
    args: list[TypeExpr]
    pos: int
    end: int


class Opaque(_Variant, tag=18):
    """Text that could not be parsed."""

    pos: int
    end: int


Expr = Local | Name | Sel | Index | Call | Lit | FuncLit | Addr | Deref | Recv | Unary | Binary | Assert | SliceOf | Const | TypeArg | Inst | Opaque


# --- statements --------------------------------------------------------------------------------------------------------


class Assign(_Variant, tag=1):
    """`lhs op rhs`. `op` is `=`, `:=`, or an operator with `=`; `x++` is `+=` with no rhs, `x--` is `-=`.

    Of a `:=`, those `Local`s are new whose variable has the same `pos`. The blank identifier is `Name("_")`.
    """

    op: str
    lhs: list[Expr]
    rhs: list[Expr]
    pos: int
    end: int


class Declare(_Variant, tag=2):
    """`var a, b T = …` inside of a function. No `values`: zero values. Blank names have the id -1."""

    variables: list[int]
    values: list[Expr]
    pos: int
    end: int


class Do(_Variant, tag=3):
    """An expression used as a statement: a call or a receive."""

    x: Expr


class Send(_Variant, tag=4):
    channel: Expr
    value: Expr
    pos: int
    end: int


class Go(_Variant, tag=5):
    call: Expr
    pos: int
    end: int


class Defer(_Variant, tag=6):
    call: Expr
    pos: int
    end: int


class Return(_Variant, tag=7):
    values: list[Expr]
    pos: int
    end: int


class Branch(_Variant, tag=8):
    """`kind` is `break`, `continue`, `goto` or `fallthrough`."""

    kind: str
    label: str
    pos: int


class Block(_Variant, tag=9):
    body: list[Stmt]
    label: str = ""


class If(_Variant, tag=10):
    init: Stmt | None
    cond: Expr
    then: list[Stmt]
    orelse: list[Stmt]
    pos: int
    end: int


class For(_Variant, tag=11):
    """`for init; cond; post`. `variables` are those that `init` declares."""

    init: Stmt | None
    cond: Expr | None
    post: Stmt | None
    body: list[Stmt]
    label: str
    variables: list[int]
    pos: int
    end: int


class Range(_Variant, tag=12):
    """`for key, value := range over`. `define` says that key and value are new variables. Blank or missing: None."""

    key: Expr | None
    value: Expr | None
    define: bool
    over: Expr
    body: list[Stmt]
    label: str
    pos: int
    end: int


class Case(_Node):
    """One clause of a switch. `default` clauses have no values."""

    values: list[Expr]
    body: list[Stmt]
    default: bool
    pos: int


class Switch(_Variant, tag=13):
    init: Stmt | None
    subject: Expr | None
    cases: list[Case]
    label: str
    pos: int
    end: int


class TypeCase(_Node):
    """One clause of a type switch. `variable` is the clause's own variable of `switch v := x.(type)`, or -1. `nil` is `TName("nil")`."""

    types: list[TypeExpr]
    body: list[Stmt]
    default: bool
    variable: int
    pos: int


class TypeSwitch(_Variant, tag=14):
    init: Stmt | None
    subject: Expr
    cases: list[TypeCase]
    label: str
    pos: int
    end: int


class CommCase(_Node):
    """One clause of a select: a `Send`, a receive (`Do`, `Assign`), or None for `default`."""

    comm: Stmt | None
    body: list[Stmt]
    pos: int


class Select(_Variant, tag=15):
    cases: list[CommCase]
    label: str
    pos: int
    end: int


class Label(_Variant, tag=16):
    """The target of a `goto`, before a statement that carries no label of its own."""

    name: str
    pos: int


Stmt = Assign | Declare | Do | Send | Go | Defer | Return | Branch | Block | If | For | Range | Switch | TypeSwitch | Select | Label


# --- declarations ------------------------------------------------------------------------------------------------------


class Variable(_Node):
    """A variable of a function or of the literals inside of it.

    `function` is the index (in `FileFacts.functions`) of the function or literal that declares it. `kind` is one of `receiver`, `param`,
    `result`, `var`, `define`, `range` (key or value of a range clause), `case` (of a type switch), `const`.
    """

    name: str
    type: TypeExpr | None
    function: int
    kind: str
    pos: int


class TypeParam(_Node):
    name: str
    constraint: TypeExpr


class Function(_Node):
    """A function, method or function literal.

    `variables` is filled for outermost functions only; literals inside share it. `params` and `results` are indices into it, -1 for those
    without a name. `parent` is the index of the enclosing function, -1 for declarations. A `body` of None has no Go source (assembly,
    linkname). The initialisers of a file's package variables are one function with the name `var·` and `Assign` statements to `Name`s.
    """

    name: str
    receiver: int
    receiver_type: TypeExpr | None
    type_params: list[TypeParam]
    type: TFunc
    params: list[int]
    results: list[int]
    body: list[Stmt] | None
    variables: list[Variable]
    parent: int
    root: int
    captures: list[int]
    pos: int
    end: int
    name_pos: int
    doc: str = ""
    directives: list[str] = []
    damaged: bool = False


class TypeDecl(_Node):
    """`type name[params] type`; `alias` for `type name = type`. `pos` is that of the name."""

    name: str
    params: list[TypeParam]
    type: TypeExpr
    alias: bool
    pos: int
    end: int
    doc: str = ""


class VarDecl(_Node):
    """One name of a package-level `var`. `value` is its own initialiser; with one call for several names, `result` counts them.

    The elements of a literal stand in the function of initialisers only. Variables of one `var (…)` have the same `group`.
    """

    name: str
    type: TypeExpr | None
    value: Expr | None
    result: int
    pos: int
    doc: str = ""
    group: int = 0


class ConstDecl(_Node):
    """One name of a package-level `const`. `type` and `value` are repeated from the line above where the source leaves them out."""

    name: str
    type: TypeExpr | None
    value: Expr | None
    pos: int


class Import(_Node):
    """`alias` is empty when none is written; `.` and `_` are aliases."""

    path: str
    alias: str
    pos: int
    end: int


class Comment(_Node):
    """A comment that a later layer may want: `//nolint`, `//lint:`, `//golint-maps:`, `//go:`, `//export`, `+checklocks`.

    `own_line` says that nothing but blanks stands before it on its line.
    """

    text: str
    pos: int
    own_line: bool


class ParseError(_Node):
    """A stretch of text that the grammar could not read. `line` is 1-based."""

    pos: int
    end: int
    line: int


class FileFacts(_Node):
    """All that is known of one file. Same bytes in, same facts out."""

    package: str
    package_doc: str
    imports: list[Import]
    types: list[TypeDecl]
    variables: list[VarDecl]
    constants: list[ConstDecl]
    functions: list[Function]
    comments: list[Comment]
    build: str
    generated: bool
    cgo_preamble: str
    errors: list[ParseError]
    lines: int
    size: int
    switches: bool = False
    """Whether the text names GODEBUG, GOEXPERIMENT or a race flag of its own making: strings are worth a look then."""
