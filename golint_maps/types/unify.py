"""Type inference of generic calls: unify parameters with arguments, then the core types of constraints, as the Go specification says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from golint_maps.types import model
from golint_maps.types.model import Type
from golint_maps.types.resolve import Resolver


def substitute(kind: Type | None, bound: Mapping[str, Type | None]) -> Type | None:
    """Return `kind` with its type parameters replaced; those that are not bound stay."""
    match kind:
        case model.TypeParameter(name):
            return bound.get(name, kind) or kind
        case model.Pointer(elem):
            return model.Pointer(substitute(elem, bound))
        case model.Slice(elem):
            return model.Slice(substitute(elem, bound))
        case model.Array(elem, length):
            return model.Array(substitute(elem, bound), length)
        case model.Map(key, value):
            return model.Map(substitute(key, bound), substitute(value, bound))
        case model.Chan(elem, direction):
            return model.Chan(substitute(elem, bound), direction)
        case model.Named(package, name, args) if args:
            return model.Named(package, name, tuple(substitute(arg, bound) for arg in args))
        case model.Signature(params, results, variadic):
            return model.Signature(tuple(substitute(item, bound) for item in params), tuple(substitute(item, bound) for item in results), variadic)
    return kind


def instantiate(resolver: Resolver, signature: model.Signature, arguments: Sequence[Type | None]) -> model.Signature:
    """Return the signature of one call of a generic function, with what its arguments say of the type parameters."""
    bound: dict[str, Type | None] = {}
    parameters: dict[str, model.TypeParameter] = {}
    for index, argument in enumerate(arguments):
        if signature.params:
            _unify(resolver, signature.params[min(index, len(signature.params) - 1)], argument, bound, parameters)
    for parameter in list(parameters.values()):
        core = resolver.underlying(parameter.constraint)
        if isinstance(core, model.Interface) and len(core.union) == 1:
            _unify(resolver, core.union[0], resolver.underlying(bound.get(parameter.name)), bound, parameters)
    result = substitute(signature, bound)
    return result if isinstance(result, model.Signature) else signature


def _unify(resolver: Resolver, formal: Type | None, actual: Type | None, bound: dict[str, Type | None], seen: dict[str, model.TypeParameter]) -> None:
    if actual is None or formal is None:
        return
    if isinstance(formal, model.TypeParameter):
        seen[formal.name] = formal
        if bound.get(formal.name) is None:
            bound[formal.name] = actual
        return
    if isinstance(actual, model.Named) and not isinstance(formal, model.Named):
        actual = resolver.underlying(actual)
    match formal, actual:
        case (
            (model.Pointer(a), model.Pointer(b))
            | (model.Slice(a), model.Slice(b))
            | (model.Array(a), model.Array(b))
            | (model.Chan(a), model.Chan(b))
        ):
            _unify(resolver, a, b, bound, seen)
        case model.Map(key, value), model.Map(other_key, other_value):
            _unify(resolver, key, other_key, bound, seen)
            _unify(resolver, value, other_value, bound, seen)
        case model.Named(_, name, args), model.Named(_, other_name, other_args) if name == other_name:
            for left, right in zip(args, other_args, strict=False):
                _unify(resolver, left, right, bound, seen)
        case model.Signature(params, results), model.Signature(other_params, other_results):
            for left, right in zip((*params, *results), (*other_params, *other_results), strict=False):
                _unify(resolver, left, right, bound, seen)
