"""Calls that need not be followed."""

from __future__ import annotations

from golint_maps.flow.known_calls import concerns_nobody
from golint_maps.syntax import ir


def test_calls_that_only_work_on_their_arguments_are_left_out() -> None:
    assert concerns_nobody(("strings.Join",), ())
    assert concerns_nobody(("time.Time.Sub",), ())
    assert concerns_nobody(("net/url.Parse",), ())


def test_what_calls_back_is_kept() -> None:
    assert not concerns_nobody(("strings.Map",), (ir.FuncLit(1, 0, 9),))
    assert not concerns_nobody(("time.AfterFunc",), ())


def test_reports_of_tests_are_left_out_but_not_what_runs_or_parallelises_them() -> None:
    assert concerns_nobody(("testing.common.Errorf",), ())
    assert not concerns_nobody(("testing.T.Run",), ())
    assert not concerns_nobody(("testing.T.Parallel",), ())


def test_a_module_whose_path_begins_like_a_package_of_the_library_is_somebody_elses() -> None:
    assert not concerns_nobody(("log.example.com/audit.Record",), ())


def test_a_call_that_may_be_one_of_several_functions_is_kept() -> None:
    assert not concerns_nobody(("fmt.Print", "=gapp.print"), ())
