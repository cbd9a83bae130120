"""What code scanning takes at most. A file above one of these is refused as a whole, so the least important results are left out."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence

from golint_maps.findings import Finding, Step, Trace
from golint_maps.rule import Precision, Rule

RESULTS = 25_000
LOCATIONS = 1_000
THREAD_FLOW_LOCATIONS = 10_000
COMPRESSED_BYTES = 10_000_000
TAGS = 10
DESCRIPTION = 1_024

_PRECISIONS = list(Precision)


def by_importance(findings: Sequence[tuple[Finding, str]], rules: Mapping[str, Rule]) -> list[tuple[Finding, str]]:
    """Return the findings by level, precision of their rule, path and place; code scanning keeps the first ones."""

    def importance(pair: tuple[Finding, str]) -> tuple[object, ...]:
        finding, _ = pair
        rule = rules.get(finding.rule)
        precision = _PRECISIONS.index(rule.precision) if rule else len(_PRECISIONS)
        return (finding.level.rank, precision, finding.location, finding.rule)

    return sorted(findings, key=importance)


def shortened(traces: Sequence[Trace]) -> list[Trace]:
    """Return the traces with at most `THREAD_FLOW_LOCATIONS` steps in all; a trace that is cut keeps its last step, the place itself."""
    if sum(len(trace.steps) for trace in traces) <= THREAD_FLOW_LOCATIONS:
        return [trace for trace in traces if trace.steps]
    each = max(THREAD_FLOW_LOCATIONS // len(traces), 1)
    return [Trace(trace.name, _ends(trace.steps, each)) for trace in traces[:THREAD_FLOW_LOCATIONS] if trace.steps]


def _ends(steps: tuple[Step, ...], limit: int) -> tuple[Step, ...]:
    return steps if len(steps) <= limit else (*steps[: limit - 1], steps[-1])


def results_that_fit(encoded: bytes, results: int) -> int:
    """Return how many of the results in the encoded log can stay: all when it is small enough compressed, else an estimate from below."""
    if len(encoded) <= COMPRESSED_BYTES:
        return results
    # The uploader compresses harder than level 1, which makes this an upper bound.
    compressed = len(gzip.compress(encoded, compresslevel=1, mtime=0))
    return results if compressed <= COMPRESSED_BYTES else int(results * 0.9 * COMPRESSED_BYTES / compressed)
