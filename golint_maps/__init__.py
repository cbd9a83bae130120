"""A static linter that finds map hazards in Go source.

Source text goes in on the left and findings come out on the right: source, syntax, types, flow, graphs, rules, report. Each folder is one
step and knows nothing of the steps after it. `golint_maps.cli` is the public face; `golint_maps.engine.run` is what a program would call.
"""

__version__ = "0.1.0"
HOMEPAGE = "https://github.com/golint-maps/golint-maps"
