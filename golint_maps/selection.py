"""Which rules run, and at which level each finding is reported: selectors, profiles and overrides for paths.

A selector is a rule's id (`GM203`), its name (`write-under-read-lock`), a family (`GM2`), the letters of a set of rules (`GM`) or `ALL`.
Where two selectors disagree, the narrower one wins; of two equally narrow ones, `ignore` wins.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from golint_maps.builtin_rules import ANALYSIS_INCOMPLETE
from golint_maps.rule import Profile
from golint_maps.settings import COMMAND_LINE, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from golint_maps.findings import Finding
    from golint_maps.rule import Rule
    from golint_maps.settings import Override, Settings


def resolve(selector: str, rules: Iterable[Rule]) -> frozenset[str]:
    """Return the ids of the rules that `selector` names; empty when it names none."""
    wanted = selector.strip()
    upper = wanted.upper()
    if upper == "ALL":
        return frozenset(rule.id for rule in rules)
    # A family is written with its letters and at most one digit: `GM2`. `GM20` would be a mistyped id.
    family = re.fullmatch(r"[A-Z]+\d?", upper) is not None
    return frozenset(rule.id for rule in rules if rule.id == upper or rule.name == wanted.lower() or (family and _family_of(rule.id, upper)))


def validate(settings: Settings, rules: Sequence[Rule]) -> None:
    """Raise `SettingsError` for a selector that names no rule, with the nearest one that does."""
    named = [(name, selector) for name in ("select", "extend_select", "ignore", "level") for selector in getattr(settings, name)]
    for override in settings.overrides:
        named += [("overrides", selector) for selector in (*override.select, *override.ignore, *override.level)]
    for name, selector in named:
        if not resolve(selector, rules):
            near = nearest(selector, rules)
            hint = f"; did you mean `{near}`?" if near else "; see `golint-maps rules`"
            raise SettingsError(f"{_origin(settings, name)}no rule is named `{selector}`{hint}")


def _origin(settings: Settings, name: str) -> str:
    """Return which option, or which key of which file, is to blame for a selector."""
    key, origin = name.replace("_", "-"), settings.origins.get(name)
    if origin is None:
        return ""
    return f"--{key}: " if origin == COMMAND_LINE else f"{origin}: {key}: "


def nearest(selector: str, rules: Iterable[Rule]) -> str:
    """Return the id or name that a selector which names no rule is most like; empty when it is like none."""
    known = [word for rule in rules for word in (rule.id, rule.name)]
    found = difflib.get_close_matches(selector.upper(), known, n=1, cutoff=0.7) or difflib.get_close_matches(selector.lower(), known, n=1, cutoff=0.5)
    return found[0] if found else ""


def selected(rules: Sequence[Rule], settings: Settings) -> tuple[Rule, ...]:
    """Return the rules that must run: those on everywhere and those that an override turns on for some path. Raises `SettingsError`."""
    validate(settings, rules)
    everywhere = _enabled(rules, settings)
    somewhere = frozenset[str]().union(*(resolve(selector, rules) for override in settings.overrides for selector in override.select))
    return tuple(rule for rule in rules if rule.id in everywhere or rule.id in somewhere)


def adjust(findings: Iterable[Finding], rules: Sequence[Rule], settings: Settings, root: Path, *, always: Iterable[Rule] = ()) -> tuple[Finding, ...]:
    """Return the findings that are on for their path, at the level that holds there. `root` is what their paths are relative to.

    The rules in `always` are on without being selected; `ignore` turns them off.
    """
    everywhere = _enabled(rules, settings, (ANALYSIS_INCOMPLETE, *always))
    overrides = [(_matcher(override, settings.root or root, root), override) for override in settings.overrides]
    kept = []
    for finding in findings:
        here = [override for matches, override in overrides if matches(finding.location.path)]
        if not _on(finding.rule, finding.rule in everywhere, here, rules):
            continue
        level = finding.level
        for table in (settings.level, *(override.level for override in here)):
            for selector in sorted(table, key=_width, reverse=True):
                if finding.rule in resolve(selector, rules):
                    level = table[selector]
        kept.append(finding if level is finding.level else replace(finding, level=level))
    return tuple(kept)


def _enabled(rules: Sequence[Rule], settings: Settings, always: Sequence[Rule] = (ANALYSIS_INCOMPLETE,)) -> frozenset[str]:
    start = {rule.id: 3 for rule in rules if rule in always}
    if not settings.select:
        start |= {rule.id: 3 for rule in rules if settings.profile is Profile.STRICT or rule.profile is Profile.DEFAULT}
    chosen = start | _narrowest(settings.select, rules)
    for rule, width in _narrowest(settings.extend_select, rules).items():
        chosen[rule] = min(width, chosen.get(rule, width))
    ignored = _narrowest(settings.ignore, rules)
    return frozenset(rule for rule, width in chosen.items() if width < ignored.get(rule, 4))


def _on(rule: str, on: bool, overrides: Iterable[Override], rules: Sequence[Rule]) -> bool:
    """Return whether a rule is on where `overrides` hold, the later ones over the earlier ones."""
    for override in overrides:
        selecting = _narrowest(override.select, rules).get(rule, 4)
        ignoring = _narrowest(override.ignore, rules).get(rule, 4)
        if min(selecting, ignoring) < 4:
            on = selecting < ignoring
    return on


def _narrowest(selectors: Iterable[str], rules: Sequence[Rule]) -> dict[str, int]:
    """Return for each rule that is named the width of the narrowest selector that names it."""
    widths: dict[str, int] = {}
    for selector in selectors:
        for rule in resolve(selector, rules):
            widths[rule] = min(_width(selector), widths.get(rule, 4))
    return widths


def _width(selector: str) -> int:
    """Return 0 for a rule, 1 for a family, 2 for a set of rules, 3 for all."""
    upper = selector.strip().upper()
    if upper == "ALL":
        return 3
    if re.fullmatch(r"[A-Z]+", upper):
        return 2
    return 1 if re.fullmatch(r"[A-Z]+\d", upper) else 0


def _family_of(id_: str, prefix: str) -> bool:
    return id_.startswith(prefix) and not (prefix.isalpha() and id_[len(prefix)].isalpha())


def _matcher(override: Override, base: Path, root: Path) -> Callable[[str], bool]:
    import pathspec

    spec = pathspec.GitIgnoreSpec.from_lines(override.paths)
    prefix = os.path.relpath(root, base)

    def matches(path: str) -> bool:
        return spec.match_file(os.path.normpath(f"{prefix}/{path}"))

    return matches
