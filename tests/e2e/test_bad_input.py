"""Bad input: never a traceback, always a note that names the file, and every other file is still analysed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = 'package p\n\nfunc f() {\n\tvar m map[string]int\n\tm["a"] = 1\n}\n'
"""One GM601, which every run here must find whatever else there is."""


@dataclass(frozen=True)
class Run:
    status: int
    found: list[tuple[str, str, int]]
    messages: dict[str, str]
    err: str


@pytest.fixture
def module(here: Path) -> Path:
    (here / "go.mod").write_text("module example.com/p\n\ngo 1.24\n")
    (here / "good").mkdir()
    (here / "good/good.go").write_text(GOOD)
    return here


POWERLESS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 and shutil.which("setpriv") else []
"""What goes before a command so that permissions count for it: root may read anything."""

needs_permissions = pytest.mark.skipif(os.geteuid() == 0 and not POWERLESS, reason="root may read anything")


def call(*arguments: str, stdout: Any = subprocess.PIPE, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [*POWERLESS, sys.executable, "-m", "golint_maps", *arguments]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, env=surroundings, stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=120)


def check(*arguments: str, cached: bool = False) -> Run:
    done = call("check", "--format", "json", *(() if cached else ("--no-cache",)), *arguments)
    err = done.stderr.decode()
    assert "Traceback" not in err, err
    document = json.loads(done.stdout)
    places = [(finding["rule"], finding["path"], finding["start"]["line"]) for finding in document["findings"]]
    noted = {finding["path"]: finding["message"] for finding in document["findings"] if finding["rule"] == "GM000"}
    assert ("GM601", "good/good.go", 5) in places
    return Run(done.returncode, places, noted, err)


def said(run: Run, path: str, *words: str) -> bool:
    """Whether the report and stderr name the file and say what is wrong with it, and the status is that of the finding elsewhere."""
    return run.status == 1 and path in run.err and all(word in run.messages[path] for word in words)


@needs_permissions
def test_a_file_that_may_not_be_read_is_named(module: Path) -> None:
    (module / "good/secret.go").write_text("package p\n")
    (module / "good/secret.go").chmod(0)
    assert said(check(), "good/secret.go", "cannot be read", "Permission denied")


@needs_permissions
def test_a_file_that_may_not_be_read_any_more_is_not_taken_from_the_cache(module: Path, tmp_path: Path) -> None:
    (module / "bad").mkdir()
    (module / "bad/bad.go").write_text(GOOD)
    for path in module.rglob("*.go"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    arguments = ("--cache-dir", str(tmp_path / "cache"))
    assert ("GM601", "bad/bad.go", 5) in check(*arguments, cached=True).found
    (module / "bad/bad.go").chmod(0)
    run = check(*arguments, cached=True)
    assert said(run, "bad/bad.go", "cannot be read", "Permission denied")
    assert [rule for rule, path, _ in run.found if path == "bad/bad.go"] == ["GM000"]


@needs_permissions
@pytest.mark.parametrize("pattern", ["./...", "./secret/...", "./secret", "secret/s.go", "secret/deep/...", "secret/deep"])
def test_a_folder_that_may_not_be_entered_is_named(module: Path, pattern: str) -> None:
    (module / "secret/deep").mkdir(parents=True)
    (module / "secret/s.go").write_text(GOOD)
    (module / "secret").chmod(0)
    try:
        run = check("good/good.go" if pattern.endswith(".go") else "./good", pattern)
        alone = call("check", "--no-cache", pattern)
    finally:
        (module / "secret").chmod(0o700)
    named = "secret/deep" if "deep" in pattern else "secret"
    assert said(run, named, "cannot be read", "Permission denied")
    assert not any("holds no Go files" in message for message in run.messages.values())
    assert alone.returncode == (1 if pattern == "./..." else 0)
    assert f"{named}:1:1: GM000" in alone.stdout.decode()


def test_a_link_to_nothing_is_named(module: Path) -> None:
    (module / "good/gone.go").symlink_to("nowhere.go")
    assert said(check(), "good/gone.go", "cannot be read")


def test_a_file_that_is_no_utf8_is_analysed_and_named(module: Path) -> None:
    (module / "latin.go").write_bytes(GOOD.replace('"a"', '"\xe9"').encode("latin-1"))
    run = check()
    assert said(run, "latin.go", "not UTF-8", "line 5")
    assert ("GM601", "latin.go", 5) in run.found


def test_a_file_with_nul_bytes_is_analysed_and_named(module: Path) -> None:
    (module / "nul.go").write_bytes(GOOD.replace('"a"', '"\0"').encode())
    run = check()
    assert said(run, "nul.go", "NUL", "line 5")
    assert ("GM601", "nul.go", 5) in run.found


def test_of_a_truncated_file_what_does_parse_is_analysed(module: Path) -> None:
    (module / "cut.go").write_text(GOOD + "\nfunc g() {\n\tvar m map[string]int\n\tif m[")
    run = check()
    assert said(run, "cut.go", "could not be parsed in full")
    assert ("GM601", "cut.go", 5) in run.found


def test_text_that_is_no_go_at_all_is_named(module: Path) -> None:
    (module / "words.go").write_text("Once upon a time there was a map.\n" * 50)
    assert said(check(), "words.go")


def test_an_empty_file_is_named(module: Path) -> None:
    (module / "empty.go").touch()
    assert said(check(), "empty.go", "no package clause")


def test_a_file_of_100_megabytes_is_not_read(module: Path) -> None:
    with (module / "huge.go").open("wb") as file:
        file.write(b"package p\n")
        file.truncate(100_000_000)
    started = time.monotonic()
    assert said(check(), "huge.go", "100,000,000 bytes")
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "text",
    [
        "package p\n\nvar x = " + "(" * 100_000 + "1" + ")" * 100_000 + "\n",
        "package p\n\nfunc f() {" + "{" * 100_000 + "}" * 100_000 + "}\n",
        "package p\n\nvar x " + "[]" * 100_000 + "int\n",
        "package p\n\nvar x " + "*" * 100_000 + "int\n",
        "package p\n\nvar x = " + "-" * 99_999 + " 1\n",
        "package p\n\nvar x = " + "!" * 100_000 + "true\n",
        "package p\n\nvar x = a" + ".a" * 100_000 + "\n",
        "package p\n\nvar x = " + "1 + " * 100_000 + "1\n",
        "package p\n\nvar x = " + "f(" * 100_000 + ")" * 100_000 + "\n",
        "package p\n\nfunc f(a int) {\n" + "if a == 1 {\n} else " * 100_000 + "{\n}\n}\n",
        "package p\n\n" + "((((" * 50_000,
        "package p\n\n" + "map[int]" * 100_000,
    ],
    ids=lambda text: text[11:40].strip(),
)
def test_nesting_100_000_deep_does_no_harm(module: Path, text: str) -> None:
    (module / "deep.go").write_text(text)
    run = check("--timeout-per-package", "20")
    assert run.status == 1


def test_loops_of_links_are_not_followed(module: Path) -> None:
    (module / "good/up").symlink_to("..")
    (module / "a").symlink_to("b")
    (module / "b").symlink_to("a")
    (module / "loop.go").symlink_to("loop.go")
    run = check()
    assert said(run, "loop.go", "cannot be read")
    assert sum(path.endswith("good.go") for _, path, _ in run.found) == 1


def test_a_named_pipe_is_named_and_not_waited_for(module: Path) -> None:
    os.mkfifo(module / "good/pipe.go")
    assert said(check(), "good/pipe.go", "named pipe")


def test_a_name_with_a_newline_is_printed_on_one_line(module: Path) -> None:
    (module / "good/a\nb.go").write_text(GOOD)
    run = check()
    assert any("\\n" in path for path in run.messages)
    assert "a\nb.go" not in run.err


@pytest.mark.parametrize("garbage", [b"\x00\xff\xfe" * 300, b"module\n", b"((((((\n", b"go 1.999999999999999999\nmodule example.com/p\n", b""])
def test_a_go_mod_of_garbage_is_no_obstacle(module: Path, garbage: bytes) -> None:
    (module / "go.mod").write_bytes(garbage)
    assert check().status == 1


def test_a_go_mod_that_says_nothing_is_named(module: Path) -> None:
    (module / "go.mod").write_bytes(b"\x00\xff\xfe" * 300)
    assert said(check(), "go.mod", "no module line")


def test_a_corrupt_cache_is_begun_anew(module: Path, tmp_path: Path) -> None:
    arguments = ("--cache-dir", str(tmp_path / "cache"))
    first = check(*arguments, cached=True)
    (path,) = (tmp_path / "cache").glob("*.sqlite")
    path.write_bytes(os.urandom(10_000))
    second = check(*arguments, cached=True)
    assert second.found == first.found
    assert "cache was damaged" in second.err
    assert check(*arguments, cached=True).found == first.found


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_under_the_report_is_an_error_with_a_message(module: Path) -> None:
    for arguments in (("--format", "concise"), ("-o", "json:/dev/full")):
        with Path("/dev/full").open("wb") as full:
            done = call("check", "--no-cache", *arguments, stdout=full)
        assert done.returncode == 2
        assert b"No space left" in done.stderr
        assert b"Traceback" not in done.stderr


def test_a_full_disk_under_the_cache_is_no_failure(module: Path, tmp_path: Path) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(mount)], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        assert check("--cache-dir", str(mount), cached=True).status == 1
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_a_closed_stdout_ends_the_run_quietly(module: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = call("check", "--no-cache", "--format", "concise", stdout=write)
    os.close(write)
    assert b"Traceback" not in done.stderr
    assert done.returncode == 2


def test_a_run_that_is_killed_leaves_a_cache_that_works(module: Path, tmp_path: Path) -> None:
    for number in range(60):
        (module / f"p{number}").mkdir()
        (module / f"p{number}/p.go").write_text(GOOD * 1 + "\n".join(f"func g{line}() {{ _ = {line} }}" for line in range(300)))
    arguments = ["check", "--format", "json", "--cache-dir", str(tmp_path / "cache")]
    for delay in (0.3, 0.6, 0.9):
        process = subprocess.Popen(
            [sys.executable, "-m", "golint_maps", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert check("--cache-dir", str(tmp_path / "cache"), cached=True).found == check().found


def test_a_pattern_that_names_nothing_is_a_usage_error(module: Path) -> None:
    done = call("check", "./nowhere")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"nowhere" in done.stderr


def test_several_bad_files_at_once_leave_the_good_one(module: Path) -> None:
    (module / "latin.go").write_bytes(b"package p // \xe9\n")
    (module / "cut.go").write_text("package p\n\nfunc g(")
    os.mkfifo(module / "pipe.go")
    (module / "go.mod").write_text("(((\n")
    run = check()
    assert {"latin.go", "cut.go", "pipe.go", "go.mod"} <= set(run.messages)
