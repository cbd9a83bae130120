"""Which files no build has together, by their names and build constraints: `ui_js.go` and what asks for `!js`, in whatever directories."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Final

from golint_maps.source.configuration import Configuration, nearest
from golint_maps.source.constraints import ConstraintError, Expr, conjunction, tags_of
from golint_maps.source.model import Header
from golint_maps.source.packages import expression_of

_MANY: Final = 6
"""Tags in two conditions beyond which a build that has both is taken to be there."""


class Builds:
    """Answers for the files of one run, by their relative paths; what is asked is worked out when it is, since few are."""

    def __init__(self, headers: Mapping[str, Header], base: Configuration) -> None:
        self._headers = headers
        self._base = base
        self._conditions: dict[str, Expr | None] = {}
        self._satisfied: dict[tuple[Expr, Expr], bool] = {}

    def exclude(self, paths: Iterable[str]) -> bool:
        """Tell whether two of some files are never built together."""
        conditions = {condition for path in paths if (condition := self._condition(path)) is not None}
        return any(not self._both(*pair) for pair in itertools.combinations(sorted(conditions, key=repr), 2))

    def _condition(self, path: str) -> Expr | None:
        if path not in self._conditions:
            header = self._headers.get(path)
            try:
                self._conditions[path] = expression_of(path, header) if header is not None else None
            except ConstraintError:
                self._conditions[path] = None
        return self._conditions[path]

    def _both(self, left: Expr, right: Expr) -> bool:
        known = self._satisfied.get((left, right))
        if known is None:
            both = conjunction([left, right])
            # Of many tags not all combinations are tried.
            known = self._satisfied[left, right] = len(tags_of(both)) > _MANY or nearest(both, self._base) is not None
        return known
