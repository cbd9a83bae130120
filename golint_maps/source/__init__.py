"""What to read: from the patterns of a call to files, modules and packages, in every configuration that it takes to see each file once.

This folder lists directories and reads the heads of files, go.mod, go.work, vendor/modules.txt and ignore files; it never parses Go beyond the
package clause. It is the leftmost layer: everything may import it, it imports no other layer. Its public face is below.
"""

from __future__ import annotations

from golint_maps.source.configuration import Configuration, default_configuration, evaluate
from golint_maps.source.constraints import ConstraintError, file_version, maximum_go, minimum_go
from golint_maps.source.discover import discover, imported_package
from golint_maps.source.header import load_header, read_header
from golint_maps.source.imports import Environment, environment, locate_import
from golint_maps.source.model import Discovery, Header, Module, Package, PatternError, Problem, Replace, SourceFile

__all__ = [
    "Configuration",
    "ConstraintError",
    "Discovery",
    "Environment",
    "Header",
    "Module",
    "Package",
    "PatternError",
    "Problem",
    "Replace",
    "SourceFile",
    "default_configuration",
    "discover",
    "environment",
    "evaluate",
    "file_version",
    "imported_package",
    "load_header",
    "locate_import",
    "maximum_go",
    "minimum_go",
    "read_header",
]
