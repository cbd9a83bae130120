"""Silences findings by the directives that cover them, and reports the directives that do no work (GM001)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from golint_maps.builtin_rules import UNUSED_SUPPRESSION
from golint_maps.directives import EVERYTHING, Directive, FileDirectives, directives_of
from golint_maps.findings import Edit, Finding, Fix, Location, Safety
from golint_maps.selection import nearest, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from golint_maps.rule import Rule

__all__ = ["Directive", "FileDirectives", "apply", "directives_of"]

_Resolver = Callable[[str], frozenset[str]]

_LINTER: Final = frozenset({"golintmaps", "golint-maps", "golint_maps"})
"""What the linter is called where linters are listed. golangci-lint allows no hyphen there."""


def apply(
    findings: Iterable[Finding],
    directives_by_file: Mapping[str, FileDirectives],
    *,
    rules: Sequence[Rule],
    ran: Sequence[Rule],
    require_reasons: bool = False,
) -> tuple[Finding, ...]:
    """Return the findings, those that a directive covers with its reason in `suppressed`, and then GM001 for directives that do no work.

    `rules` are all rules there are and `ran` those that ran: a directive for a rule that did not run is not unused. Hand in the directives of
    those files only whose findings are all here. GM001 is made when it ran. What can suppress nothing whatever is found has it in any case, so that
    nobody wonders why: misspelt directives and rules, and under `require_reasons` directives without a reason.
    """
    ids = _resolver(rules)
    used: set[tuple[str, int, str]] = set()
    result = []
    for finding in findings:
        path = finding.location.path
        file = directives_by_file.get(path, FileDirectives())
        for directive in file.directives:
            names = [name for name in directive.names if finding.rule in ids(name)]
            if not names or not _covers(directive, finding, file):
                continue
            used.update((path, directive.start, name) for name in names)
            if finding.suppressed is None and _works(directive, require_reasons=require_reasons):
                finding = replace(finding, suppressed=directive.reason)
        result.append(finding)
    everywhere = UNUSED_SUPPRESSION in ran
    ran_ids = frozenset(rule.id for rule in ran) - {UNUSED_SUPPRESSION.id}
    for path, file in sorted(directives_by_file.items()):
        for directive in file.directives:
            used_names = frozenset(name for name in directive.names if (path, directive.start, name) in used)
            ours = tuple(name for name in directive.names if name != EVERYTHING and (directive.own or ids(name) or _looks_ours(name)))
            if directive.mistake:
                result.append(_finding(path, directive, directive.mistake))
            elif (ours or used_names) and require_reasons and not directive.reason:
                result.append(_finding(path, directive, "This directive suppresses nothing because it gives no reason"))
            elif ours:
                if unknown := [name for name in ours if not ids(name)]:
                    result.append(_finding(path, directive, _no_rule(unknown, rules)))
                if everywhere:
                    result.extend(_idle(path, directive, ours, used_names, ids, ran_ids))
    return tuple(result)


def _resolver(rules: Sequence[Rule]) -> _Resolver:
    """Return the function from a name in a directive to the ids of the rules it stands for."""
    known: dict[str, frozenset[str]] = {}

    def ids(name: str) -> frozenset[str]:
        if name not in known:
            if name == EVERYTHING or name.lower() in _LINTER:
                known[name] = frozenset(rule.id for rule in rules)
            elif re.search(r"[*?\[]", name):
                known[name] = frozenset(rule.id for rule in rules if fnmatchcase(rule.id, name.upper()))
            else:
                known[name] = resolve(name, rules) if name.upper() != "ALL" else frozenset()
        return known[name]

    return ids


def _covers(directive: Directive, finding: Finding, file: FileDirectives) -> bool:
    if directive.first <= file.line(finding.location.start) <= directive.last:
        return True
    # Behind the last line of a statement that spans several is where people put it, too.
    return directive.trailing and file.line(max(finding.location.end - 1, finding.location.start)) == directive.first


def _works(directive: Directive, *, require_reasons: bool) -> bool:
    return bool(directive.reason) or not (require_reasons or directive.needs_reason)


def _looks_ours(name: str) -> bool:
    return re.fullmatch(r"GM\d+", name, re.IGNORECASE) is not None


def _no_rule(unknown: Sequence[str], rules: Sequence[Rule]) -> str:
    hints = [f"`{near}`" for name in unknown if (near := nearest(name, rules))]
    hint = f"; did you mean {' or '.join(hints)}?" if hints else ""
    return f"This directive names no rule: {', '.join(unknown)}{hint}"


def _idle(path: str, directive: Directive, ours: Sequence[str], used: frozenset[str], ids: _Resolver, ran: frozenset[str]) -> Iterable[Finding]:
    """Yield GM001 for what is wrong with a directive that names our rules."""
    if directive.needs_reason and not directive.reason:
        yield _finding(path, directive, "This directive suppresses nothing because a //lint: directive must give a reason")
        return
    if idle := [name for name in ours if name not in used and ids(name) & ran]:
        fix = Fix("Remove the directive", (Edit(Location(path, directive.start, directive.end), ""),), Safety.UNSAFE)
        message = f"This directive suppresses nothing: no finding of {', '.join(idle)} is here"
        yield replace(_finding(path, directive, message), fixes=(fix,) if len(idle) == len(directive.names) else ())


def _finding(path: str, directive: Directive, message: str) -> Finding:
    location = Location(path, directive.start, directive.end)
    return Finding(UNUSED_SUPPRESSION.id, UNUSED_SUPPRESSION.level, message, location, key=",".join(directive.names))
