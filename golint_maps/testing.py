"""Lint Go text: for the tests of rules, of their pages, and of third-party rules."""

from __future__ import annotations

from collections.abc import Mapping

from golint_maps.findings import Finding
from golint_maps.flow.analyse import analyse
from golint_maps.flow.facts import PackageFacts
from golint_maps.flow.view import PackageView
from golint_maps.program import Program
from golint_maps.syntax import extract
from golint_maps.types.resolve import Resolver
from golint_maps.types.scope import PackageScope
from golint_maps.types.stdlib import standard_package


def facts_of(
    sources: str | Mapping[str, str], *, path: str = "example.com/p", go: tuple[int, int] = (1, 27), imports: Mapping[str, str] | None = None
) -> PackageFacts:
    """Return the facts of one package, given as Go text (`package` clause optional) or as files by name. `imports` are packages that it uses."""
    if isinstance(sources, str):
        sources = {"p.go": sources}
    files = [extract((text if text.lstrip().startswith(("package", "//", "/*")) else "package p\n" + text).encode()) for text in sources.values()]
    scope = PackageScope(path, files[0].package, files)
    known = {path: scope}
    for name, text in (imports or {}).items():
        imported = extract(text.encode())
        known[name] = PackageScope(name, imported.package, [imported])
    resolver = Resolver(lambda wanted, importer: known.get(wanted) or standard_package(wanted))
    resolver.enter(scope)
    view = PackageView(scope, resolver, tuple(sources), (go,) * len(files), frozenset(range(len(files))))
    return analyse(view)


def findings_of(rule_module: object, sources: str | Mapping[str, str], *, go: tuple[int, int] = (1, 27)) -> list[Finding]:
    """Return the findings of one rule (a module with a `RULE`) in one package."""
    program = Program([facts_of(sources, go=go)])
    rule = rule_module.RULE  # type: ignore[attr-defined]
    return sorted((finding for check in rule.checks for finding in check(program)), key=lambda finding: finding.location)
