"""From facts to findings: rules run over the whole program, then levels, selection and suppression are applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from golint_maps import selection, suppression
from golint_maps.builtin_rules import BUILTIN_RULES, UNUSED_SUPPRESSION
from golint_maps.engine import notices, pool
from golint_maps.engine.records import FileRecord
from golint_maps.findings import Finding, Location
from golint_maps.outcome import Notice
from golint_maps.program import Program
from golint_maps.registry import OWN_RULES
from golint_maps.rule import Rule
from golint_maps.settings import Settings
from golint_maps.source import Discovery

_PATIENCE: Final = 10
"""How many times the time of somebody else's rule our own may take."""


def is_ours(rule: Rule) -> bool:
    """Tell whether a rule comes with golint-maps."""
    return all(check.__module__.startswith(f"{OWN_RULES}.") for check in rule.checks)


def check(program: Program, rules: Sequence[Rule], seconds: float) -> tuple[list[Finding], list[Notice]]:
    """Run rules over a program. Return their findings, and a notice for each rule that failed.

    A rule looks at the whole program, so it has the `seconds` of one package for each hundred. The first one to ask how goroutines, locks and maps
    go together waits until that is worked out, which is why our own have more; somebody else's is the one that may hang.
    """
    found: dict[Finding, None] = {}
    failed: list[Notice] = []

    def run(rule: Rule) -> list[Finding]:
        return [finding for function in rule.checks for finding in function(program)]

    share = seconds * (1 + len(program.packages) // 100)
    for rule in rules:
        limit = share * _PATIENCE if is_ours(rule) else share
        result = pool.attempt(run, rule, limit)
        if isinstance(result, pool.Failure):
            failed.append(notices.of_rule(rule.id, result, limit))
            # What was being worked out when it failed may be half done.
            program = replace(program)
        else:
            # The same function may be analysed in two configurations of its package.
            found.update(dict.fromkeys(result))
    return list(found), failed


def judge(
    findings: Iterable[Finding],
    noticed: Sequence[tuple[Notice, Location]],
    discovery: Discovery,
    records: Mapping[str, FileRecord],
    settings: Settings,
    *,
    rules: Sequence[Rule],
    ran: Sequence[Rule],
) -> tuple[Finding, ...]:
    """Return what a report has to say, sorted: findings that are on, at the level that holds, suppressed ones marked, GM000 and GM001 added."""
    wanted = [
        finding
        for finding in findings
        if finding.location.path not in discovery.aside and _concerns(finding, discovery.named) and not _in_generated(finding, records, settings)
    ]
    wanted += notices.findings(noticed)
    on = selection.adjust(wanted, rules, settings, discovery.root)
    directives = {
        path: record.directives
        for path, record in records.items()
        if record.directives.directives
        and path not in discovery.aside
        and (path in discovery.named or not discovery.named)
        and (settings.generated or not record.generated)
    }
    judged = suppression.apply(on, directives, rules=rules, ran=ran, require_reasons=settings.require_reasons)
    judged = selection.adjust(judged, rules, settings, discovery.root, always=[UNUSED_SUPPRESSION])
    return tuple(sorted(judged, key=_place))


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.location, finding.rule, finding.message, finding.key


def _concerns(finding: Finding, named: frozenset[str]) -> bool:
    """Tell whether a finding is about one of the files that were named one by one: it stands there, or one side of it does."""
    if not named or finding.location.path in named:
        return True
    return any(related.location.path in named for related in finding.related) or any(
        step.location.path in named for trace in finding.traces for step in trace.steps
    )


def _in_generated(finding: Finding, records: Mapping[str, FileRecord], settings: Settings) -> bool:
    record = records.get(finding.location.path)
    return not settings.generated and record is not None and record.generated


def with_builtin(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return rules in id order, with the two built-in ones."""
    every = {rule.id: rule for rule in (*rules, *BUILTIN_RULES)}
    return tuple(every[id_] for id_ in sorted(every))
