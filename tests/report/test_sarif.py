"""SARIF: what code scanning reads."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from golint_maps.findings import Edit, Finding, Fix, Level, Location, Related, Safety, Step, Trace
from golint_maps.outcome import Notice, Outcome
from golint_maps.report import RenderOptions, Repository, render
from golint_maps.report.fingerprints import line_hashes
from golint_maps.report.sarif import limits
from golint_maps.report.sarif.page import description, plain_text
from golint_maps.report.sarif.plain import plain
from tests.report.samples import INSERT, PAGE, STORE, Tree, store, suppressed


def run_of(outcome: Outcome, **options: Any) -> dict[str, Any]:
    (run,) = json.loads(render("sarif", outcome, RenderOptions(version="0.1.0", **options)))["runs"]
    assert isinstance(run, dict)
    return run


def test_a_log_starts_with_schema_and_version_and_is_one_compact_line(tmp_path: Path) -> None:
    text = render("sarif", Tree(tmp_path, {}).outcome(), RenderOptions())
    assert text.startswith('{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[')
    assert text.count("\n") == 1


def test_no_findings_are_an_empty_list_of_results(tmp_path: Path) -> None:
    run = run_of(Tree(tmp_path, {}).outcome())
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_a_result_has_rule_level_place_names_and_fingerprints(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path)
    (result,) = run_of(tree.outcome(insert))["results"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("GM103", 1, "warning")
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "store/store.go", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 26, "startColumn": 3, "endLine": 26, "endColumn": 21, "snippet": {"text": 's.items[k+"2"] = v'}},
        "contextRegion": {
            "startLine": 24,
            "startColumn": 1,
            "endLine": 28,
            "endColumn": 2,
            "snippet": {"text": "\n".join(STORE.split("\n")[23:28])},
        },
    }
    assert [(logical["kind"], logical["fullyQualifiedName"]) for logical in location["logicalLocations"]] == [
        ("function", "store.Store.Double"),
        ("variable", "store.Store.items"),
    ]
    assert result["partialFingerprints"]["primaryLocationLineHash"] == line_hashes(STORE.encode())[25]
    assert len(result["partialFingerprints"]["golintMaps/v1"]) == 32


def test_a_level_below_that_of_the_rule_is_written(tmp_path: Path) -> None:
    tree, _, race = store(tmp_path)
    run = run_of(tree.outcome(replace(race, level=Level.WARNING)))
    assert run["tool"]["driver"]["rules"][3]["defaultConfiguration"] == {"level": "error"}
    assert run["results"][0]["level"] == "warning"


def test_related_places_are_linked_from_the_message_and_brackets_escaped(tmp_path: Path) -> None:
    tree, insert, race = store(tmp_path)
    first, second = run_of(tree.outcome(race, insert))["results"]
    assert first["message"]["text"].endswith("See [the other write](1) and [the lock beside it](2).")
    assert [place["id"] for place in first["relatedLocations"]] == [1, 2]
    assert second["message"]["text"].endswith('visits s.items\\[k+"2"\\] differs from run to run. See [the loop over s.items](1).')


def test_each_trace_is_a_thread_flow_with_its_steps_inline(tmp_path: Path) -> None:
    tree, _, race = store(tmp_path)
    (flow,) = run_of(tree.outcome(race))["results"][0]["codeFlows"]
    assert [thread["message"]["text"] for thread in flow["threadFlows"]] == ["goroutine 1: the janitor", "goroutine 2: callers of Double"]
    assert [[step["location"]["message"]["text"] for step in thread["locations"]] for thread in flow["threadFlows"]] == [
        ["started by New", "deletes"],
        ["writes"],
    ]
    assert flow["threadFlows"][0]["locations"][0]["location"]["physicalLocation"]["region"]["startLine"] == 12


def test_fixes_are_written_when_a_program_could_apply_them(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path)
    same = Fix("no change", (Edit(tree.at("store/store.go", "import"), "import"),), Safety.SAFE)
    displayed = replace(insert.fixes[0], safety=Safety.DISPLAY)
    gone = Fix("stale", (Edit(Location("store/store.go", 9_000, 9_001), ""),), Safety.SAFE)
    (result,) = run_of(tree.outcome(replace(insert, fixes=(same, displayed, gone, *insert.fixes))))["results"]
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert [replacement["deletedRegion"]["startLine"] for replacement in change["replacements"]] == [3, 25]
    assert change["replacements"][1]["insertedContent"] == {"text": "range maps.Clone(s.items) {"}


def test_a_span_over_lines_ends_with_its_first_line(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "m = map[int]int{\r\n\t1: 2,\r\n}\r\n"})
    (result,) = run_of(tree.outcome(Finding("GM103", Level.NOTE, "x", Location("a.go", 0, 28))))["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 17, "snippet": {"text": "m = map[int]int{"}}


def test_columns_count_utf16_units_and_paths_are_percent_encoded(tmp_path: Path) -> None:
    path = "a dir/ü[1]%\\:x.go"
    tree = Tree(tmp_path, {path: "/* 😀é */ m[k]\n"})
    run = run_of(tree.outcome(Finding("GM103", Level.NOTE, "x", tree.at(path, "m[k]"))))
    assert run["columnKind"] == "utf16CodeUnits"
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "a%20dir/%C3%BC%5B1%5D%25%5C%3Ax.go"
    assert (physical["region"]["startColumn"], physical["region"]["endColumn"]) == (11, 15)


def test_suppressed_results_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path)
    outcome = tree.outcome(suppressed(insert, "one goroutine"), suppressed(insert, ""))
    assert run_of(outcome)["results"] == []
    shown = run_of(outcome, show_suppressed=True)["results"]
    assert [result["suppressions"] for result in shown] == [[{"kind": "inSource", "justification": "one goroutine"}], [{"kind": "inSource"}]]


def test_rules_have_what_code_scanning_shows(tmp_path: Path) -> None:
    run = run_of(Tree(tmp_path, {}).outcome(), pages={"GM103": PAGE}.get)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["GM000", "GM103", "GM105", "GM201"]
    insert, race = rules[1], rules[3]
    assert insert["name"] == "InsertDuringRange"
    assert insert["help"]["markdown"] == PAGE
    assert "`" not in insert["help"]["text"]
    assert insert["fullDescription"]["text"].startswith("An entry is added to m inside of for … range m, with a key that is not the loop's own.")
    assert insert["properties"] == {"precision": "high", "problem.severity": "warning", "tags": ["iteration"]}
    assert race["properties"]["security-severity"] == "7.5"
    assert race["properties"]["tags"] == ["concurrency", "external/cwe/cwe-362", "external/cwe/cwe-820", "security"]
    assert [relation["target"]["id"] for relation in race["relationships"]] == ["362", "820"]
    assert [taxon["id"] for taxon in run["taxonomies"][0]["taxa"]] == ["362", "820"]


def test_names_in_a_message_are_code_in_markdown_and_nothing_else_is_markup(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path)
    related = (Related(insert.location, "`s.items[i]` *there*"),)
    found = replace(insert, message="`s.m[a_b]` is [read] by *p, and ` is alone.", related=related)
    (result,) = run_of(tree.outcome(found))["results"]
    assert result["message"]["markdown"] == r"`s.m[a_b]` is \[read\] by \*p, and \` is alone. See [`s.items[i]` \*there\*](1)."


def test_a_rule_has_at_most_ten_tags_and_short_descriptions(tmp_path: Path) -> None:
    rule = replace(INSERT, tags=tuple(f"tag{i}" for i in range(30)), summary="long " * 500, checks=[])
    (written,) = run_of(Tree(tmp_path, {}).outcome(rules=(rule,)), pages=lambda _: f"# T\n\n{'word ' * 900}\n")["tool"]["driver"]["rules"]
    assert len(written["properties"]["tags"]) == 10
    assert len(written["shortDescription"]["text"]) <= 1024
    assert 1000 < len(written["fullDescription"]["text"]) <= 1024


def test_notices_are_notifications_and_internal_ones_fail_the_invocation(tmp_path: Path) -> None:
    notices = (Notice("a b.go", "not UTF-8", 3), Notice("", "cache is damaged"))
    (invocation,) = run_of(Tree(tmp_path, {}).outcome(notices=notices))["invocations"]
    assert invocation["executionSuccessful"]
    first, second = invocation["toolExecutionNotifications"]
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.go"
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    assert second == {"message": {"text": "cache is damaged"}, "level": "warning"}
    (failed,) = run_of(Tree(tmp_path, {}).outcome(notices=(Notice("", "bug", internal=True),)))["invocations"]
    assert not failed["executionSuccessful"]
    assert failed["toolExecutionNotifications"][0]["level"] == "error"


def test_a_finding_about_no_file_is_no_result(tmp_path: Path) -> None:
    assert run_of(Tree(tmp_path, {}).outcome(Finding("GM000", Level.NOTE, "x", Location("", 0, 0))))["results"] == []


def test_results_come_by_level_precision_path_and_line(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "m\n" * 9, "b.go": "m\n" * 9})
    given = [("GM105", Level.WARNING, "a.go", 0), ("GM103", Level.WARNING, "b.go", 4), ("GM103", Level.WARNING, "b.go", 2)]
    given += [("GM105", Level.NOTE, "a.go", 0), ("GM201", Level.ERROR, "b.go", 8)]
    results = run_of(tree.outcome(*(Finding(rule, level, "x", Location(path, at, at + 1)) for rule, level, path, at in given)))["results"]
    assert [(result["ruleId"], result["locations"][0]["physicalLocation"]["region"]["startLine"]) for result in results] == [
        ("GM201", 5),
        ("GM103", 2),
        ("GM103", 3),
        ("GM105", 1),
        ("GM105", 1),
    ]


def test_of_30_000_results_the_most_severe_25_000_stay_and_a_notification_says_so(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "m\n" * 30_000})
    found = [
        Finding("GM201" if i % 2 else "GM103", Level.ERROR if i % 2 else Level.WARNING, "x", Location("a.go", 2 * i, 2 * i + 1))
        for i in range(30_000)
    ]
    run = run_of(tree.outcome(*found))
    assert len(run["results"]) == 25_000
    assert sum(result["level"] == "error" for result in run["results"]) == 15_000
    assert "5,000 results" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_a_log_that_is_too_large_compressed_loses_its_last_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COMPRESSED_BYTES", 20_000)
    tree = Tree(tmp_path, {"a.go": "m\n" * 3_000})
    run = run_of(tree.outcome(*(Finding("GM103", Level.WARNING, f"x{i * 7919}", Location("a.go", 2 * i, 2 * i + 1)) for i in range(3_000))))
    assert 0 < len(run["results"]) < 3_000
    assert f"{3_000 - len(run['results']):,} results" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_locations_and_steps_of_one_result_are_limited(tmp_path: Path) -> None:
    tree = Tree(tmp_path, {"a.go": "m\n" * 20_000})
    places = [Location("a.go", 2 * i, 2 * i + 1) for i in range(20_000)]
    traces = tuple(Trace(f"goroutine {i}", tuple(Step(place, "step") for place in places[:6_000])) for i in range(2))
    crowded = Finding("GM201", Level.ERROR, "x", places[0], traces=traces, related=tuple(Related(place, "there") for place in places[:1_500]))
    (result,) = run_of(tree.outcome(crowded))["results"]
    threads = result["codeFlows"][0]["threadFlows"]
    assert [len(thread["locations"]) for thread in threads] == [5_000, 5_000]
    assert threads[0]["locations"][-1]["location"]["physicalLocation"]["region"]["startLine"] == 6_000
    assert len(result["locations"]) + len(result["relatedLocations"]) == 1_000
    assert result["message"]["text"].count("](") == 20


def test_provenance_is_written_when_asked_for(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path)
    run = run_of(tree.outcome(insert), provenance=True, arguments=("check", "./..."), source_root=tmp_path)
    assert run["originalUriBaseIds"]["%SRCROOT%"]["uri"] == tmp_path.resolve().as_uri() + "/"
    (invocation,) = run["invocations"]
    assert invocation["arguments"] == ["check", "./..."]
    assert invocation["startTimeUtc"] < invocation["endTimeUtc"]
    assert "uri" not in run_of(tree.outcome(insert), arguments=("check",))["originalUriBaseIds"]["%SRCROOT%"]


def test_category_repository_and_baseline_are_written_when_given(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path)
    repository = Repository("https://example.com/app.git", "0123abc", "main")
    run = run_of(tree.outcome(insert), category="maps", repository=repository, baseline=True)
    assert run["automationDetails"] == {"id": "maps/"}
    (control,) = run["versionControlProvenance"]
    assert (control["repositoryUri"], control["revisionId"], control["branch"]) == ("https://example.com/app.git", "0123abc", "main")
    assert run["results"][0]["baselineState"] == "new"


def test_paths_lead_from_the_root_of_the_repository(tmp_path: Path) -> None:
    tree, insert, _ = store(tmp_path / "services")
    (result,) = run_of(tree.outcome(insert), source_root=tmp_path)["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "services/store/store.go"


def test_5_000_results_with_traces_take_about_a_second(tmp_path: Path) -> None:
    body = "package p\n" + "\tm[k] = v // é\n" * 600
    tree = Tree(tmp_path, {f"p/f{i}.go": body for i in range(50)})

    def at(file: int, line: int) -> Location:
        start = 11 + line * len("\tm[k] = v // é\n".encode())
        return Location(f"p/f{file}.go", start, start + 4)

    found = [
        Finding(
            "GM201",
            Level.ERROR,
            "x",
            at(file, line * 6),
            "p.m",
            "p.F",
            "p",
            traces=(Trace("t", tuple(Step(at(file, line * 6 + j), "s") for j in range(5))),),
        )
        for file in range(50)
        for line in range(100)
    ]
    outcome = tree.outcome(*found)
    started = time.process_time()
    render("sarif", outcome, RenderOptions())
    # Well under a second on an idle machine; the bound leaves room for a busy one and still fails for anything quadratic.
    assert time.process_time() - started < 3


def test_what_is_no_part_of_the_model_is_refused() -> None:
    with pytest.raises(TypeError, match="Path has no place in a SARIF log"):
        plain(Path())


def test_pages_become_plain_text() -> None:
    assert (
        plain_text("## T\n\nUse *all* of `m*n*k`, see [x](y).\n\n```go\na := *b // `c`\n```\n")
        == "T\n\nUse all of m*n*k, see x (y).\n\n    a := *b // `c`"
    )
    assert description("# T\n\n```go\nx\n```\n\nFirst line,\nsecond.\n\nMore.\n") == "First line, second."
    assert description("# only a title") == ""


def test_the_object_model_needs_no_packaging_library() -> None:
    code = "import sys, golint_maps.report.sarif; print({'pbr', 'setuptools', 'pkg_resources', 'jschema_to_python'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.stdout == "set()\n"
