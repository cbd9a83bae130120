"""GM210: recoveries that cannot help."""

from __future__ import annotations

import pytest
from golint_maps.rules.concurrency import gm210_recover_cannot_help as rule

from golint_maps.testing import findings_of

HEAD = 'package p\nimport ("fmt"; "strings"; "os")\nvar _ = fmt.Sprint\nvar _ = strings.Contains\nvar _ = os.Exit\n'
KNOWN = 'func known(v any) bool { return strings.Contains(fmt.Sprint(v), "concurrent map") }\n'
DO = """func open() error { return nil }
func do() (err error) { defer func() { if r := recover(); r != nil { err = fmt.Errorf("%v", r) } }(); return open() }
"""
LAST = "var last string\nfunc do() { defer func() { last = fmt.Sprint(recover()) }() }\n"
WORKER = "type worker struct { errs chan error }\nfunc (w *worker) run() { defer func() { w.errs <- fmt.Errorf(`%v`, recover()) }() }\n"
SENT = """type crash struct { n int; why, other string }
func do(out chan crash) { defer func() { c := crash{n: 1}; c.why = fmt.Sprint(recover()); out <- c }() }
"""


@pytest.mark.parametrize(
    "code",
    [
        'func f() { defer func() { if fmt.Sprint(recover()) == "concurrent map writes" { return } }() }',
        'func f() { defer func() { r := recover(); switch fmt.Sprint(r) { case "concurrent map writes": return } }() }',
        'func f() { defer func() { if err, ok := recover().(error); ok && strings.HasPrefix(err.Error(), "concurrent map") { return } }() }',
        'const fatal = "concurrent map writes"\nfunc f() { defer func() { if s := fmt.Sprint(recover()); strings.Contains(s, fatal) { return } }() }',
        KNOWN + "func f() { defer func() { if r := recover(); known(r) { return } }() }",
        DO + 'func f() { if err := do(); err != nil && strings.Contains(err.Error(), "concurrent map") { println(1) } }',
        SENT + 'func f(in chan crash) { if c := <-in; strings.Contains(c.why, "concurrent map") { println(1) } }',
        SENT + 'func f(in chan crash) { for c := range in { if strings.Contains(c.why, "concurrent map") { println(1) } } }',
        SENT.replace("{n: 1}; c.why = fmt.Sprint(recover())", "{why: fmt.Sprint(recover())}")
        + 'func f(all []crash) bool { return all[0].why == "concurrent map writes" }',
        LAST + 'func f() bool { return strings.Contains(last, "concurrent map") }',
        'func f() { c := make(chan any); go func() { defer func() { c <- recover() }() }(); println(fmt.Sprint(<-c) == "concurrent map writes") }',
        WORKER + 'func (w *worker) watch() { for err := range w.errs { if strings.Contains(err.Error(), "concurrent map") { println(1) } } }',
    ],
)
def test_recovered_text_that_never_comes_is_reported(code: str) -> None:
    assert len(findings_of(rule, HEAD + code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        'func f() { defer func() { if strings.Contains(fmt.Sprint(recover()), "nil map") { return } }() }',
        'func known(v any) bool { return strings.Contains(fmt.Sprint(v), "concurrent map") }\nfunc f() { defer func() { recover() }(); known(1) }',
        'func f(stderr string) bool { defer func() { recover() }(); return strings.Contains(stderr, "concurrent map") }',
        SENT + 'func f(in chan crash) { if c := <-in; strings.Contains(c.other, "concurrent map") { println(1) } }',
        SENT + 'func f(in chan string) { if strings.Contains(<-in, "concurrent map") { println(1) } }',
        DO.replace('"os"', '"os"; "os/exec"')
        + 'func f() { if err := open(); err != nil && strings.Contains(err.Error(), "concurrent map") { println(1) } }',
    ],
)
def test_other_text_and_text_from_elsewhere_are_fine(code: str) -> None:
    assert not findings_of(rule, HEAD + code)


RACE = """func f() {
	m := map[int]int{}
	for i := range 9 {
		go func() {
			%s
			m[i] = 1
		}()
	}
}
"""


def test_a_recover_around_a_race_is_reported_once() -> None:
    assert len(findings_of(rule, HEAD + RACE % "defer func() { recover() }()")) == 1


def test_a_recover_that_panics_again_is_not_there_to_survive() -> None:
    assert not findings_of(rule, HEAD + RACE % "defer func() { if r := recover(); r != 1 { panic(r) } }()")


def test_a_supervisor_around_each_step_of_a_goroutine_cannot_help_either() -> None:
    code = (
        "func f() {\n m := map[int]int{}\n for range 3 { go func() { for { func() {\n"
        " defer func() { if r := recover(); r != nil { println(r) } }()\n m[1]++\n }() } }() }\n}"
    )
    assert len(findings_of(rule, HEAD + code)) == 1


SUPERVISED = """
func supervise(f func()) { defer func() { if r := recover(); r != nil { println(1) } }(); f() }
func tail(levels map[string]int) { levels["a"]++ }
func main() { levels := map[string]int{}; for range 4 { START } }
"""


@pytest.mark.parametrize(
    ("start", "count"),
    [
        ("go func() { supervise(func() { tail(levels) }) }()", 1),
        ("go supervise(func() { levels[`a`]++ })", 1),
        ("go func() { supervise(func() { println(2) }); tail(levels) }()", 0),
        ("supervise(func() { go tail(levels) })", 0),
    ],
)
def test_a_supervisor_that_is_handed_the_work_cannot_help_either(start: str, count: int) -> None:
    assert len(findings_of(rule, HEAD + SUPERVISED.replace("START", start))) == count


def test_what_a_child_says_may_stand_where_recovered_text_does() -> None:
    code = HEAD + DO + 'func f() { if err := do(); err != nil && strings.Contains(err.Error(), "concurrent map") { println(1) } }'
    assert findings_of(rule, code.replace('"os")', '"os"; "os/exec")\nvar _ = exec.Command')) == []


@pytest.mark.parametrize(("write", "count"), [("rules[k] = 1", 1), ("rules = map[string]int{}", 0)])
def test_only_the_runtime_s_own_check_ends_the_process(write: str, count: int) -> None:
    source = (
        "var rules = map[string]int{}\nfunc use(k string) int { return rules[k] }\n"
        f"func watch(k string) {{ go func() {{ defer func() {{ recover() }}(); for {{ {write} }} }}(); println(use(k)) }}\n"
    )
    assert len(findings_of(rule, HEAD + source)) == count
