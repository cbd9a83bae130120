"""What the source says of locks in words: `// guarded by mu`, `mu sync.Mutex // protects m`, `+checklocks:mu`, `…Locked`, "must hold mu".

The conventions are those that gVisor's checklocks defines, and the comments that Go programmers write anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from golint_maps.flow.events import Held
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.scope import receiver_name

_GUARDED = re.compile(
    r"(?:\bguarded|\bprotected|\bsynchroni[sz]ed)\s+by\s+(?:the\s+)?[`'\"]?(?:[\w]+\.)*(\w+)|GUARDED_BY\(\s*(?:\w+\.)*(\w+)\s*\)|\+checklocks(?:read)?:(?:\w+\.)*(\w+)",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"\b(?:guards?|protects?)\s+(?:access\s+to\s+)?(?:all\s+)?(?:the\s+|these\s+)?(?:(?:map\s+)?(?:fields?|members?|variables?|everything|things?|stuff|data|following|rest)\b.*\b)?(?:below|following)\b"
    r"|\b(?:guards?|protects?)\s+(?:the\s+)?following\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|everything|rest)\b", re.IGNORECASE)
_LISTS = re.compile(
    r"\b(?:guards?|protects?)\s+(?:access\s+to\s+)?(?:the\s+)?(?:maps?\s+|fields?\s+)?((?:[`']?\w+(?:\.\w+)*[`']?)(?:\s*(?:,|and|&)\s*(?:and\s+)?[`']?\w+(?:\.\w+)*[`']?)*)"
)
_LOCK = r"[`']?((?:\w+\.)*\w*(?:mu|mtx|mutex|lock|Mu|Mtx|Mutex|Lock)\w*)[`']?"
_MUST_HOLD = re.compile(
    rf"(?:\b[Mm]ust\s+(?:already\s+)?(?:hold|have|own)|\b[Cc]allers?\s+(?:should\s+|must\s+|needs?\s+to\s+|ha(?:s|ve)\s+to\s+)?(?:hold|holds|has|have)\b|\b[Ss]hould\s+hold)[^.\n]*?{_LOCK}(?!\w)"
    rf"|\brequires?\s+(?:that\s+)?(?:the\s+)?{_LOCK}\s+(?:is\s+|to\s+be\s+|be\s+)?(?:already\s+)?(?:read-?\s?|write-?\s?)?(?:held|locked|taken)\b"
    r"|(?:^|[.\n]\s*(?://\s*)?)[Hh]old\s+(?:the\s+)?(?:lock|mutex)\s+(?:before|when|while)\s+calling\b"
    rf"|\b[Cc]allers?\s+(?:is|are)\s+(?:already\s+)?holding\s+[^.\n]*?{_LOCK}(?!\w)"
    rf"|(?<!\w){_LOCK}\s+(?:must|should|needs?\s+to)\s+(?:already\s+)?be\s+(?:held|locked|taken|acquired)"
    rf"|(?<!\w){_LOCK}\s+(?:is|are)\s+(?:assumed|presumed)\s+(?:to\s+be\s+)?(?:held|locked|taken)"
    rf"|\b[Aa]ssum(?:es?|ing)\s+(?:that\s+)?(?:the\s+)?(?:\w+\s+)?{_LOCK}\s+(?:is\s+)?(?:already\s+)?(?:held|locked|taken)"
    rf"|\b[Cc]alled\s+(?:only\s+)?with\s+(?:the\s+)?{_LOCK}\s+(?:already\s+)?(?:held|locked|taken)"
    r"|(?:^|[.\n]\s*(?://\s*)?)(?:[Tt]he\s+)?(?:[Ll]ock|[Mm]utex)\s+(?:must|should)\s+be\s+held\b",
)
_CHECKLOCKS = re.compile(r"\+checklocks(read)?:((?:\w+\.)*\w+)")
_IGNORED = "+checklocksignore"
_NOT = re.compile(r"\b(?:not|never|without|doesn't|don't|does\s+not|no\s+need|how\s+long)\b", re.IGNORECASE)
_OR = re.compile(r"\s*(?:lock|mutex)?\s*,?\s*or\b")
"""What follows the lock where callers may do something else instead."""
_SENTENCE = re.compile(r"[.;:]\s|\n\s*\n")
_LAST_WORD = re.compile(r"([`']?)\b(\w+)(?:[`']?)('s|’s)?\s+[`']?$")
_LOCKED_FIRST = re.compile(r"locked(?:[A-Z]\w*|_\w+)(?<!nlocked)(?<!NotLocked)$")
_LOCK_TYPES = frozenset(("Mutex", "RWMutex", "Locker"))


class Guard(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A field or package variable (`identity`, see `identity`) whose declaration names its lock."""

    identity: str
    lock: str
    words: str


class Requirement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A lock that a function asks its callers to hold. `words` says where it asks."""

    held: Held
    words: str


def guards(package: PackageView) -> list[Guard]:
    """Return the declared guards of a package's fields and variables."""
    found: list[Guard] = []
    scope = package.scope
    for number in sorted(package.primary):
        file = scope.files[number]
        for kind in file.types:
            if isinstance(kind.type, ir.TStruct):
                found += _of_struct(f"f{scope.path}.{kind.name}", kind.type, package)
        found += _of_variables(file, package)
    return found


def _of_variables(file: ir.FileFacts, package: PackageView) -> Iterator[Guard]:
    """Yield the guards that comments at the package variables of a file declare: at what is guarded, or at the lock."""
    scope = package.scope
    for variable in file.variables:
        if not variable.doc:
            continue
        if _is_mutex(variable):
            for other, words in _listed_variables(file, variable, package):
                yield Guard(f"g{scope.path}.{other}", f"g{scope.path}.{variable.name}", words)
            continue
        match = _GUARDED.search(variable.doc)
        lock = match and next(group for group in match.groups() if group)
        if match and lock in scope.variables and lock != variable.name:
            yield Guard(f"g{scope.path}.{variable.name}", f"g{scope.path}.{lock}", match[0])


def _listed_variables(file: ir.FileFacts, lock: ir.VarDecl, package: PackageView) -> Iterator[tuple[str, str]]:
    """Yield the names of the package variables that the comment at a lock says it protects, and its words."""
    if below := _BELOW.search(lock.doc):
        for other in file.variables:
            if other.group == lock.group and other.pos > lock.pos:
                if not _is_mutex(other):
                    yield other.name, below[0]
                elif not _ALL.search(below[0]):
                    return
    elif listing := _LISTS.search(lock.doc):
        for name in dict.fromkeys(re.findall(r"\w+", listing[1])):
            listed = package.scope.variables.get(name)
            if listed is not None and not _is_mutex(listed.node):
                yield name, f"protects {listing[1]}"


def _of_struct(owner: str, struct: ir.TStruct, package: PackageView) -> list[Guard]:
    names = {field.name for field in struct.fields}
    found: list[Guard] = []
    for index, field in enumerate(struct.fields):
        if not field.comment:
            continue
        match = _GUARDED.search(field.comment)
        if match is not None and not is_lock(field.type):
            lock = next(group for group in match.groups() if group)
            if lock in names and lock != field.name:
                found.append(Guard(f"{owner}.{field.name}", f"{owner}.{lock}", match[0]))
            elif lock in package.scope.variables:
                found.append(Guard(f"{owner}.{field.name}", f"g{package.scope.path}.{lock}", match[0]))
            continue
        if not is_lock(field.type):
            continue
        if below := _BELOW.search(field.comment):
            found += [Guard(f"{owner}.{other.name}", f"{owner}.{field.name}", below[0]) for other in _below(struct.fields[index + 1 :], below[0])]
        elif listing := _LISTS.search(field.comment):
            listed = set(re.findall(r"\w+", listing[1]))
            found += [
                Guard(f"{owner}.{other.name}", f"{owner}.{field.name}", f"protects {listing[1]}")
                for other in struct.fields
                if other.name in listed & names
            ]
    return found


def _below(fields: Sequence[ir.Field], words: str) -> Iterator[ir.Field]:
    """Yield the fields below a lock that its comment is about: up to the next lock or an empty line, unless it says that it is about all of them."""
    for number, field in enumerate(fields):
        if (is_lock(field.type) or (field.apart and number > 0)) and not _ALL.search(words):
            return
        if not is_lock(field.type):
            yield field


def is_lock(kind: ir.TypeExpr) -> bool:
    """Tell whether a written type is a lock of `sync` (or a lookalike of that name), or a pointer to one."""
    if isinstance(kind, ir.TPtr):
        kind = kind.elem
    return isinstance(kind, ir.TQual | ir.TName) and kind.name in _LOCK_TYPES


def left_alone(function: ir.Function) -> bool:
    """Tell whether a declared function says that its locks are not to be judged: `+checklocksignore`."""
    return _IGNORED in function.doc or any(_IGNORED in line for line in function.directives)


def requirements(function: ir.Function, package: PackageView) -> tuple[Requirement, ...]:
    """Return the locks that a declared function asks its callers to hold, in the function's own terms.

    A name that begins or ends with `Locked` asks for the one lock of the receiver; where there are several, for any (its name ends in `~`:
    protection that is not known).
    """
    found: list[Requirement] = []
    text = "\n".join((function.doc, *function.directives))
    for match in _CHECKLOCKS.finditer(text):
        lock = _named_lock(match[2], function, package, "r" if match[1] else "w")
        if lock is not None:
            found.append(Requirement(lock, match[0]))
    if found:
        return tuple(found)
    asked = _MUST_HOLD.search(text)
    if asked and not _OR.match(text, asked.end()) and not _NOT.search(_SENTENCE.split(text[max(0, asked.start() - 30) : asked.start() + 2])[-1]):
        words = " ".join(asked[0].split())
        name = next((group for group in asked.groups() if group), "")
        lock = _named_lock(name, function, package, "w") if name else None
        if lock is None and name.lower() in ("", "lock", "locks", "mutex", "mu"):
            start = next((asked.start(index) for index, group in enumerate(asked.groups(), 1) if group), asked.start())
            lock = Held(("~",), "w", "~", "") if _of_another(text[:start], function) else _only_lock(function, package)
        if lock is not None:
            return (Requirement(lock, f'the comment "{words}"'),)
    if _asks_by_name(function.name):
        lock = _only_lock(function, package)
        if lock is not None:
            return (Requirement(lock, f"the name {function.name}"),)
    return ()


def _of_another(before: str, function: ir.Function) -> bool:
    """Tell whether the word in front of a bare "lock" names something else than the receiver: "`client` lock", "the server's lock"."""
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    quoted, name = word[1], word[2]
    variables = function.variables
    if function.receiver is not None and function.receiver >= 0 and name == variables[function.receiver].name:
        return False
    return bool(quoted or word[3]) or any(number >= 0 and variables[number].name == name for number in function.params)


def _asks_by_name(name: str) -> bool:
    return _LOCKED_FIRST.match(name) is not None or (
        (name.endswith(("Locked", "_locked")) and name not in ("Locked", "IsLocked", "isLocked", "NotLocked", "unLocked", "Unlocked"))
        and not name.startswith(("Is", "is", "Not", "Err", "err"))
        and not name.endswith(("Unlocked", "NotLocked", "unlocked", "IsLocked"))
    )


def _named_lock(text: str, function: ir.Function, package: PackageView, mode: str) -> Held | None:
    """Return the lock that a text like `s.mu` names in a function: below its receiver or a parameter, in another type, or a package variable.

    Words that name no lock of a type that is known have outlived it, and ask for nothing.
    """
    parts = text.split(".")
    variables = function.variables
    roots = {variables[number].name: (f"p{index}", number) for index, number in enumerate(function.params) if number >= 0}
    if function.receiver is not None and function.receiver >= 0:
        roots[variables[function.receiver].name] = ("r", function.receiver)
    if parts[0] in roots and len(parts) > 1:
        root, number = roots[parts[0]]
        if root == "r" and parts[1:] in (["Lock"], ["RLock"]):
            return _only_lock(function, package)  # the method of an embedded lock stands for the lock
        return _field_lock(_declared(variables[number].type, package), (root,), parts[1:], mode, text, package)
    if len(parts) == 1 and text in package.scope.variables:
        if not _holds_lock(package.scope.variables[text].node):
            return None  # locks by key, or of somebody's own making: there is no telling how they are taken
        return Held((f"g{package.scope.path}.{text}",), mode, f"g{package.scope.path}.{text}", text)
    own = model.Named(package.scope.path, receiver_name(function.receiver_type)) if function.receiver_type is not None else None
    if len(parts) > 1 and parts[0] in package.scope.types and (own is None or parts[0] != own.name):
        # Of another object, which has no name here.
        return _field_lock(model.Named(package.scope.path, parts[0]), ("~",), parts[1:], mode, text, package)
    if own is not None and "r" in {root for root, _ in roots.values()} and package.resolver.field(own, parts[-1]) is not None:
        return _field_lock(own, ("r",), parts[-1:], mode, text, package)
    return None


def _holds_lock(variable: ir.VarDecl) -> bool:
    """Tell whether a package variable is a lock: `var mu sync.Mutex`, `var mu = &sync.Mutex{}`, or a struct around one."""
    kind = _written_type(variable)
    return kind is not None and (is_lock(kind) or isinstance(kind, ir.TStruct | ir.TName))


def _is_mutex(variable: ir.VarDecl) -> bool:
    kind = _written_type(variable)
    return kind is not None and is_lock(kind)


def _written_type(variable: ir.VarDecl) -> ir.TypeExpr | None:
    """Return the type of a package variable as it is written there, be it by its value."""
    if variable.type is not None:
        return variable.type
    match variable.value:
        case ir.Lit(made) | ir.Addr(ir.Lit(made)) | ir.Call(ir.Name("new"), [ir.TypeArg(made)]):
            return made
        case ir.Call(ir.Name("new"), [ir.Sel(ir.Name(package), name)]):
            return ir.TQual(package, name)
    return None


def _declared(written: ir.TypeExpr | None, package: PackageView) -> model.Type | None:
    """Return the type of the package that a parameter or receiver has, or points to."""
    name = receiver_name(written) if written is not None else ""
    return model.Named(package.scope.path, name) if name else None


def _field_lock(owner: model.Type | None, path: tuple[str, ...], names: list[str], mode: str, text: str, package: PackageView) -> Held | None:
    """Return the lock that field names lead to from an object, None if the object has no such field. Of what is embedded it is the lock in there."""
    resolver = package.resolver
    kind, identity = owner, ""
    for index, name in enumerate(names):
        field = resolver.field(kind, name)
        if field is None:
            return None if resolver.struct(kind) is not None else Held((*path, *names[index:]), mode, text, text)
        identity = f"f{field.owner.package}.{field.owner.name}.{name}" if isinstance(field.owner, model.Named) else f"{identity}.{name}"
        path = (*path, *field.path, name)
        kind = field.type.elem if isinstance(field.type, model.Pointer) else field.type
    method = resolver.method(kind, "Lock")
    for inner in method.path if method is not None else ():
        identity = f"f{kind.package}.{kind.name}.{inner}" if isinstance(kind, model.Named) else f"{identity}.{inner}"
        path = (*path, inner)
        field = resolver.field(kind, inner)
        kind = field.type if field is not None else None
    return Held(path, mode, identity, text)


def _only_lock(function: ir.Function, package: PackageView) -> Held | None:
    """Return the one lock among the fields of the receiver, or protection that is not known."""
    if function.receiver_type is None or function.receiver is None or function.receiver < 0:
        return Held(("~",), "w", "~", "")
    name = receiver_name(function.receiver_type)
    found = package.resolver.struct(model.Named(package.scope.path, name))
    locks = []
    for field in found[1].fields if found is not None else ():
        kind = field.type.elem if isinstance(field.type, model.Pointer) else field.type
        if isinstance(kind, model.Named) and kind.name in _LOCK_TYPES:
            locks.append(field.name)
    if len(locks) != 1:
        return Held(("~",), "w", "~", "")
    spelled = function.variables[function.receiver].name
    return Held(("r", locks[0]), "w", f"f{package.scope.path}.{name}.{locks[0]}", f"{spelled}.{locks[0]}")
