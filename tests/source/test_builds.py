"""Which files no build has together."""

from __future__ import annotations

import pytest

from golint_maps.source.builds import Builds
from golint_maps.source.configuration import default_configuration
from golint_maps.source.model import Header

BUILDS = {"a.go": "", "b.go": "!js", "c.go": "linux", "d.go": "fast", "e.go": "!fast && go1.22", "bad.go": "(", "f_js.go": "", "g_windows.go": ""}


@pytest.mark.parametrize(
    ("paths", "apart"),
    [
        (("a.go", "f_js.go"), False),
        (("b.go", "f_js.go"), True),
        (("x/f_js.go", "y/g_windows.go"), True),
        (("c.go", "g_windows.go"), True),
        (("c.go", "d.go", "a.go"), False),
        (("d.go", "e.go"), True),
        (("a.go", "c.go", "e.go"), False),
        (("bad.go", "f_js.go"), False),
        (("unknown.go", "f_js.go"), False),
    ],
)
def test_files_are_apart_when_no_configuration_has_both(paths: tuple[str, ...], apart: bool) -> None:
    headers = {path: Header("p", BUILDS[path.rpartition("/")[2]], generated=False) for path in paths if path != "unknown.go"}
    assert Builds(headers, default_configuration()).exclude(paths) is apart
