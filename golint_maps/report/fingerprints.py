"""Two names for a finding that outlive an edit: GitHub's own, from the text around the line, and ours, from what the finding is about."""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

from golint_maps.findings import Finding

_WINDOW = 100
_BASE = 37
_MASK = (1 << 64) - 1
_TOP = pow(_BASE, _WINDOW, 1 << 64)
_END_OF_FILE = 0xFFFF


def stable_fingerprints(findings: Iterable[Finding]) -> list[str]:
    """Return the `golintMaps/v1` fingerprint of each finding, in their order: 32 hexadecimal digits.

    It hashes rule, package, function, map and key, and which of several findings alike this one is; no path and no line. Hand in all findings of a
    run, suppressed ones too, so that suppressing one does not rename the next.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    return [_stable(_identity(finding), seen) for finding in findings]


def _identity(finding: Finding) -> tuple[str, ...]:
    # A finding outside any package (a file that could not be read) has nothing but its path to tell it from another.
    package = finding.package or finding.location.path
    return (finding.rule, package, finding.function, finding.map, finding.key)


def _stable(identity: tuple[str, ...], seen: Counter[tuple[str, ...]]) -> str:
    seen[identity] += 1
    text = "\0".join((*identity, str(seen[identity])))
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def line_hashes(data: bytes) -> list[str]:
    """Return GitHub code scanning's `primaryLocationLineHash` of each line; index 0 is line 1.

    The hash of a line is a polynomial (base 37, modulo 2^64) over the 100 UTF-16 code units from the start of the line on, without blanks, with
    every line end as LF, the end of the file as 65535 and zeros after it; then `:` and how often the file had that hash so far. Prefix sums give
    each window in one step, where the original rolls. Lines are counted as the original counts them: a CR alone ends a line as well.
    """
    text = data.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    encoded = text.encode("utf-16-le")
    units = list(struct.unpack(f"<{len(encoded) // 2}H", encoded))
    starts = [0, *(index + 1 for index, unit in enumerate(units) if unit == 0x0A)]
    units.append(_END_OF_FILE)
    units.extend([0] * _WINDOW)
    prefix = list(accumulate(units, lambda total, unit: (total * _BASE + unit) & _MASK, initial=0))
    seen: Counter[int] = Counter()
    hashes = []
    for start in starts:
        value = (prefix[start + _WINDOW] - prefix[start] * _TOP) & _MASK
        seen[value] += 1
        hashes.append(f"{value:x}:{seen[value]}")
    return hashes
