"""What only a process of its own shows: exit statuses, streams that fail, time to start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "golint_maps"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def call(*arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], env=ENVIRONMENT, text=True, stderr=subprocess.PIPE, check=False, **more)  # type: ignore[call-overload, no-any-return]


def imported_by(*arguments: str) -> set[str]:
    code = (
        "import sys, contextlib, io\nfrom golint_maps.cli.main import run\n"
        "with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())): run(sys.argv[1:])\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=ENVIRONMENT, text=True, capture_output=True, check=True)
    return set(done.stdout.split())


def test_the_version_is_printed_without_importing_more_than_the_command_line_needs() -> None:
    done = call("--version", stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout.split()[0]) == (0, "golint-maps")
    heavy = {"networkx", "rich", "sarif_om", "tree_sitter", "msgspec", "pathspec", "importlib.metadata", "golint_maps.settings"}
    assert not heavy & imported_by("--version")


def test_listing_rules_imports_neither_graphs_nor_reports() -> None:
    assert not {"networkx", "rich", "sarif_om", "golint_maps.engine", "golint_maps.report"} & imported_by("rules")


def test_the_version_is_told_without_loading_what_only_a_run_needs() -> None:
    code = "import sys; from golint_maps.cli.main import run\nrun(['--version'])\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "golint_maps.cli.main" in loaded
    assert not {"networkx", "rich", "sarif_om", "tree_sitter", "golint_maps.engine"} & set(loaded)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["rules"], ["explain", "GM000"], ["--help"], ["check", "--show-settings"]])
def test_a_full_disk_behind_stdout_is_said_without_a_traceback(arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = call(*arguments, stdout=full)
    assert done.returncode == 2
    assert done.stderr == "Error: cannot write to stdout: No space left on device\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", "--fail-on", "never"], 0),
        (["check"], 1),
        (["check", "--diff"], 0),
        (["check", "--statistics", "-v"], 1),
        (["check", "--nonsense"], 2),
        (["nonsense"], 2),
        (["baseline", "write", "--file", "b.json"], 0),
        (["cache", "clean", "--cache-dir", "nowhere"], 0),
    ],
)
def test_a_full_disk_behind_stderr_changes_no_exit_status(here: Path, arguments: list[str], status: int) -> None:
    (here / "p.go").write_text('package p\n\nfunc f() {\n\tvar m map[string]int\n\tm["a"] = 1\n}\n')
    with open("/dev/full", "w") as full:
        done = subprocess.run([*COMMAND, *arguments], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=full, check=False)
    assert done.returncode == status
    assert bool(done.stdout) == (status < 2 and arguments[0] == "check" and "--diff" not in arguments)


def test_a_pipe_that_nobody_reads_is_said_without_a_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = call("rules", stdout=writing)
    os.close(writing)
    assert done.returncode == 2
    assert done.stderr == "Error: cannot write to stdout: Broken pipe\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
def test_a_closed_stdout_is_said_without_a_traceback() -> None:
    done = subprocess.run(["sh", "-c", f"{' '.join(COMMAND)} rules >&-"], env=ENVIRONMENT, text=True, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr == "Error: cannot write to stdout: it is closed\n"


def test_a_current_folder_that_is_gone_is_said_without_a_traceback(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    script = f'import os, sys\nos.chdir({str(folder)!r})\nos.rmdir(os.getcwd())\nfrom golint_maps.cli.main import run\nsys.exit(run(["check"]))'
    done = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, text=True, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "Error: the current folder cannot be read: No such file or directory\n"


def test_the_output_is_utf8_whatever_the_locale() -> None:
    done = subprocess.run(
        [*COMMAND, "explain", "GM000"], env=ENVIRONMENT | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, capture_output=True, check=True
    )
    assert "·" in done.stdout.decode()


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="needs /dev/fd")
def test_a_report_can_go_into_a_pipe(here: Path) -> None:
    (here / "p.go").write_text("package p\n")
    reading, writing = os.pipe()
    done = call("check", "-o", f"jsonl:/dev/fd/{writing}", "-o", "sarif:out.sarif", stdout=subprocess.PIPE, pass_fds=(writing,))
    os.close(writing)
    os.close(reading)
    assert (done.returncode, done.stdout) == (0, "")
    assert (here / "out.sarif").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell")
@pytest.mark.parametrize(("arguments", "status"), [("check", 0), ("check --nonsense", 2)])
def test_a_closed_stderr_changes_no_exit_status(here: Path, arguments: str, status: int) -> None:
    (here / "p.go").write_text("package p\n")
    done = subprocess.run(["sh", "-c", f"{' '.join(COMMAND)} {arguments} 2>&-"], env=ENVIRONMENT, stdout=subprocess.PIPE, check=False)
    assert (done.returncode, done.stdout) == (status, b"")
