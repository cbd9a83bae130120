"""SARIF held against the standard's schema, and against the validator of its authors with GitHub's rules."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from golint_maps.findings import Finding, Level, Location
from golint_maps.outcome import Notice, Outcome
from golint_maps.report import RenderOptions, Repository, render
from tests.report.samples import PAGE, Tree, store, suppressed

DATA = Path(__file__).parent / "data"
PLATFORM = {"linux": "linux", "darwin": "darwin", "win32": "win32"}.get(sys.platform, "linux")
INSTALLED = Path(__file__).parents[2] / "node_modules" / "@microsoft" / f"sarif-multitool-{PLATFORM}" / "Sarif.Multitool"

ACCEPTED = {
    "SARIF2002",  # wants message ids instead of texts, which GH1007 forbids
    "SARIF2003",  # wants the repository, which only a run inside of one knows
    "SARIF2006",  # looks whether addresses answer, which tests must not
    "SARIF2012",  # wants the page of each rule, which the rules of these samples do not have
}


def findings_of_all_kinds(root: Path) -> Iterator[tuple[str, Outcome, dict[str, Any]]]:
    """Yield name, outcome and options of each log to validate."""
    tree, insert, race = store(root / "store")
    everything = {
        "pages": {"GM103": PAGE}.get,
        "show_suppressed": True,
        "category": "maps/nightly",
        "provenance": True,
        "arguments": ("check", "./..."),
        "repository": Repository("https://example.com/app", "0123abcd", "main"),
        "baseline": True,
    }
    yield "plain", tree.outcome(race, insert), {"pages": {"GM103": PAGE}.get}
    yield "everything", tree.outcome(race, insert, suppressed(insert), suppressed(race, "")), everything
    yield "empty", Tree(root / "empty", {}).outcome(), {}
    name = "a dir/語😀 \udcff{0}.go"
    strange = Tree(root / "strange", {name: '\ufeffm["😀"] = v // \x00 [x](1) {0}\r\n'.encode() + b"\xff"})
    message = 'm["😀"] in {0} \\ [x](7) \udcff'
    notices = (Notice(name, message, 2), Notice("", "internal", internal=True))
    findings = [Finding("GM103", level, message, Location(name, at, at + 4), name, name, name) for at, level in enumerate(Level, 3)]
    yield "strange", strange.outcome(*findings, notices=notices), {}
    yield "vanished", Tree(root / "vanished", {}).outcome(replace(race, fixes=insert.fixes), insert), {}
    many = Tree(root / "many", {"a.go": "m[k] = v\n" * 30_000})
    yield "many", many.outcome(*(Finding("GM103", Level.NOTE, "x", Location("a.go", i * 9, i * 9 + 4)) for i in range(30_000))), {}


WITHOUT_SOURCE = {"SARIF2010", "SARIF2011"}
"""Want snippets and the lines around them, which a file that is gone cannot give."""

KINDS = ("plain", "everything", "empty", "strange", "vanished", "many")


def log_of(kind: str, root: Path) -> str:
    for name, outcome, options in findings_of_all_kinds(root):
        if name == kind:
            return render("sarif", outcome, RenderOptions(version="0.1.0", **options))
    raise AssertionError(kind)


@cache
def schema() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json.loads((DATA / "sarif-schema-2.1.0.json").read_text("utf-8")))


@cache
def multitool() -> str:
    path = Path(os.environ.get("GOLINT_MAPS_MULTITOOL") or INSTALLED)
    if not path.is_file():
        return ""
    if not os.access(path, os.X_OK):
        # npm unpacks it without the right to run it, and does not run the script that would give it.
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize("kind", KINDS)
def test_the_log_is_valid_by_the_schema(kind: str, tmp_path: Path) -> None:
    log = json.loads(log_of(kind, tmp_path))
    if kind == "many":
        log["runs"][0]["results"] = log["runs"][0]["results"][:50] + log["runs"][0]["results"][-50:]
    assert [f"{error.json_path}: {error.message}" for error in schema().iter_errors(log)] == []


def test_the_schema_check_finds_errors(tmp_path: Path) -> None:
    log = json.loads(log_of("plain", tmp_path))
    log["runs"][0]["results"][0]["level"] = "fatal"
    log["runs"][0]["results"][1]["colour"] = "red"
    assert len(list(schema().iter_errors(log))) == 2


def validated(log: Path, *arguments: str) -> list[tuple[str, str]]:
    """Return rule and place of each result of the validator. Its exit status is 0 whatever it finds, so its report is read."""
    report = log.with_suffix(".report.sarif")
    command = [multitool(), "validate", str(log), *arguments, "--output", str(report), "--log", "ForceOverwrite"]
    done = subprocess.run(
        command, env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}, capture_output=True, text=True, check=True, timeout=120
    )
    assert report.is_file(), done.stdout + done.stderr
    (run,) = json.loads(report.read_text("utf-8-sig"))["runs"]
    assert not any(invocation.get("toolExecutionNotifications") for invocation in run["invocations"])
    return [(result["ruleId"], json.dumps(result["message"])) for result in run["results"]]


@pytest.mark.skipif(not multitool(), reason="npm install in the repository, or GOLINT_MAPS_MULTITOOL, brings the SARIF validator")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "many"])  # the validator takes a minute for 25,000 results
def test_the_log_passes_the_validator_with_the_rules_for_github(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "out.sarif"
    log.write_text(log_of(kind, tmp_path), "utf-8")
    standard = validated(log, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note")
    accepted = ACCEPTED | WITHOUT_SOURCE if kind == "vanished" else ACCEPTED
    assert [problem for problem in standard if problem[0] not in accepted] == []
    policy = validated(log, "--rule-kind", "Ghas", "-c", str(DATA / "github-policy.xml"), "--level", "Error;Warning")
    assert policy == []


@pytest.mark.skipif(not multitool(), reason="npm install in the repository, or GOLINT_MAPS_MULTITOOL, brings the SARIF validator")
def test_the_validator_finds_errors(tmp_path: Path) -> None:
    log = json.loads(log_of("plain", tmp_path))
    del log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    log["runs"][0]["results"][1]["message"] = {"id": "default"}
    broken = tmp_path / "broken.sarif"
    broken.write_text(json.dumps(log), "utf-8")
    rules = {rule for rule, _ in validated(broken, "--rule-kind", "Ghas", "-c", str(DATA / "github-policy.xml"), "--level", "Error;Warning")}
    assert rules & {"GH1003", "GH1017"}
    assert rules & {"GH1007", "GH1015"}
