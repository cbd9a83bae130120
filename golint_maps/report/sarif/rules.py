"""Rules and the taxonomy of weaknesses that they refer to."""

from __future__ import annotations

from collections.abc import Iterable

from sarif_om import (
    MultiformatMessageString,
    ReportingConfiguration,
    ReportingDescriptor,
    ReportingDescriptorReference,
    ReportingDescriptorRelationship,
    ToolComponent,
    ToolComponentReference,
)

from golint_maps.findings import Level
from golint_maps.registry import repository_path
from golint_maps.report.options import RenderOptions
from golint_maps.report.sarif.cwe import NAMES
from golint_maps.report.sarif.limits import TAGS
from golint_maps.report.sarif.page import description, plain_text, shortened
from golint_maps.rule import Rule

_PROBLEM_SEVERITIES = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "recommendation"}


def rule_descriptor(rule: Rule, options: RenderOptions) -> ReportingDescriptor:
    """Return what code scanning shows of a rule."""
    page = options.pages(rule.id)
    sentence = rule.summary[:1].upper() + rule.summary[1:] + "."
    return ReportingDescriptor(
        id=rule.id,
        name="".join(word[:1].upper() + word[1:] for word in rule.name.split("-")),
        short_description=MultiformatMessageString(text=shortened(sentence)),
        full_description=MultiformatMessageString(text=(description(page) if page else "") or shortened(sentence)),
        help=MultiformatMessageString(text=plain_text(page) if page else sentence, markdown=page),
        help_uri=rule_uri(rule, options),
        default_configuration=ReportingConfiguration(level=rule.level.value),
        relationships=[_weakness(cwe) for cwe in sorted(set(rule.cwe))],
        properties=_properties(rule),
    )


def rule_uri(rule: Rule, options: RenderOptions) -> str | None:
    """Return the address of the rule's page, which we know of our own rules only."""
    path = repository_path(rule)
    return f"{options.homepage.rstrip('/')}/blob/main/{path}" if path else None


def _properties(rule: Rule) -> dict[str, object]:
    tags = [f"external/cwe/cwe-{cwe:03}" for cwe in sorted(set(rule.cwe))]
    if rule.security is not None:
        tags.insert(0, "security")
    tags = list(dict.fromkeys((*tags, *rule.tags)))[:TAGS]
    properties: dict[str, object] = {
        "precision": rule.precision.value,
        "problem.severity": _PROBLEM_SEVERITIES[rule.level],
        "tags": sorted(tags),
    }
    if rule.security is not None:
        # The severity turns every result of the rule into a security alert; it is a string by GitHub's definition.
        properties["security-severity"] = f"{rule.security:.1f}"
    return properties


def _weakness(cwe: int) -> ReportingDescriptorRelationship:
    return ReportingDescriptorRelationship(
        target=ReportingDescriptorReference(id=str(cwe), tool_component=ToolComponentReference(name="CWE", index=0)), kinds=["superset"]
    )


def taxonomies(rules: Iterable[Rule]) -> list[ToolComponent]:
    """Return the CWE taxonomy with the weaknesses that the rules refer to, or nothing when they refer to none."""
    used = sorted({cwe for rule in rules for cwe in rule.cwe})
    if not used:
        return []
    return [
        ToolComponent(
            name="CWE",
            organization="MITRE",
            version="4.15",
            information_uri="https://cwe.mitre.org/",
            short_description=MultiformatMessageString(text="The MITRE Common Weakness Enumeration."),
            taxa=[_taxon(cwe) for cwe in used],
        )
    ]


def _taxon(cwe: int) -> ReportingDescriptor:
    return ReportingDescriptor(
        id=str(cwe),
        short_description=MultiformatMessageString(text=f"{NAMES.get(cwe, f'CWE-{cwe}')}."),
        help_uri=f"https://cwe.mitre.org/data/definitions/{cwe}.html",
    )
