"""The two rules of the linter about itself: files it could not read in full, and directives that silence nothing.

They check no program: the engine and `golint_maps.suppression` make their findings. Their pages lie beside this file. May be imported by
everything right of `golint_maps.rule`.
"""

from __future__ import annotations

from golint_maps.findings import Level, Safety
from golint_maps.rule import Precision, Profile, Rule

ANALYSIS_INCOMPLETE = Rule(
    id="GM000",
    name="analysis-incomplete",
    summary="a file or package could not be analysed in full",
    level=Level.NOTE,
    precision=Precision.VERY_HIGH,
)

UNUSED_SUPPRESSION = Rule(
    id="GM001",
    name="unused-suppression",
    summary="a directive suppresses nothing",
    level=Level.NOTE,
    precision=Precision.VERY_HIGH,
    profile=Profile.STRICT,
    fixes=(Safety.UNSAFE,),
)

BUILTIN_RULES = (ANALYSIS_INCOMPLETE, UNUSED_SUPPRESSION)
