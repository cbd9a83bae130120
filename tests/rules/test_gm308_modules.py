"""GM308 on go.mod."""

from __future__ import annotations

from golint_maps.rules.internals import gm308_nonexistent_map_knob as gm308

from golint_maps.program import Program
from golint_maps.source.model import Module


def test_a_godebug_line_that_names_no_setting_is_found_at_its_place() -> None:
    module = Module("m", "sub", go=(1, 24), godebug=(("panicnil", "1"), ("mapdebug", "1")), godebug_at=(10, 30))
    (finding,) = gm308.check(Program([], modules=[module]))
    assert (finding.location.path, finding.location.start, finding.location.end) == ("sub/go.mod", 30, 38)
