"""Functions that draw from a random number generator which others go on with: which numbers they get depends on the order of the calls.

Only a `*rand.Rand` counts. Whoever has one, instead of the functions of package math/rand, wants the same numbers for the same seed; unless the
package seeds it with the clock.
"""

from __future__ import annotations

from golint_maps.flow.reach import Reach
from golint_maps.flow.traverse import each, subexpressions
from golint_maps.flow.view import PackageView, View, views
from golint_maps.syntax import ir
from golint_maps.types import model

_PACKAGES = frozenset(("math/rand", "math/rand/v2"))
_SEEDING = frozenset(("New", "NewSource", "NewPCG", "NewChaCha8", "Seed"))
_DRAWING = frozenset(
    "ExpFloat64 Float32 Float64 Int Int31 Int31n Int32 Int32N Int63 Int63n Int64 Int64N IntN Intn NormFloat64 Perm Read Shuffle Uint32 Uint32N Uint64"
    " Uint64N UintN".split()
)
_CHANGING = frozenset(("time", "crypto/rand", "hash/maphash", "os"))
"""Packages whose functions give another seed in each run."""


def draws(view: View, call: ir.Call) -> ir.Expr | None:
    """Return the generator that a call draws from, or what has it, or None: `r.Intn(n)`, `g.word()`, `fill(r, x)`."""
    if not _is_repeatable(view.package):
        return None
    drawn = _generator(view, call)
    if drawn is not None:
        return drawn
    for arg in call.args:
        if isinstance(arg, ir.Local | ir.Name | ir.Sel) and _is_generator(view.typing.of(arg)):
            return arg
    return next(_drawing(view.package).of(view, call), None)


def _generator(view: View, call: ir.Call) -> ir.Expr | None:
    """Return the generator whose method is called. It may be embedded."""
    if not isinstance(call.fun, ir.Sel) or call.fun.name not in _DRAWING or view.typing.package_of(call.fun.base) is not None:
        return None
    method = view.package.resolver.method(view.typing.of(call.fun.base), call.fun.name)
    return call.fun.base if method is not None and _is_generator(method.receiver) else None


def _is_generator(kind: model.Type | None) -> bool:
    if isinstance(kind, model.Pointer):
        kind = kind.elem
    return isinstance(kind, model.Named) and kind.name == "Rand" and kind.package in _PACKAGES


def _drawing(package: PackageView) -> Reach:
    """Return which functions of a package draw from a generator that their callers know, worked out once."""
    known: Reach | None = package.memo.get(__name__)
    if known is None:
        known = package.memo[__name__] = Reach(package, _DRAWING, _generator)
    return known


# --- seeds ---


def _is_repeatable(package: PackageView) -> bool:
    """Tell whether the package has generators, and none that it seeds so that each run has other numbers anyway."""
    key = f"{__name__}: repeatable"
    known: bool | None = package.memo.get(key)
    if known is None:
        users = [number for number, file in enumerate(package.scope.files) if not _PACKAGES.isdisjoint(item.path for item in file.imports)]
        known = package.memo[key] = bool(users) and not any(
            _seeds_anew(view, call) for view in views(package, users) for function in view.functions for call in each(function.body or (), ir.Call)
        )
    return known


def _seeds_anew(view: View, call: ir.Call) -> bool:
    if not isinstance(call.fun, ir.Sel) or call.fun.name not in _SEEDING or view.path.endswith("_test.go"):
        return False
    package = view.typing.package_of(call.fun.base)
    if package not in _PACKAGES and not (package is None and _is_generator(view.typing.of(call.fun.base))):
        return False
    for arg in call.args:
        for part in subexpressions(arg):
            if isinstance(part, ir.Call) and isinstance(part.fun, ir.Sel):
                source = view.typing.package_of(part.fun.base)
                # rand.New(rand.NewSource(rand.Int63())) takes what the runtime gives.
                if source in _CHANGING or (source in _PACKAGES and part.fun.name not in _SEEDING):
                    return True
    return False
