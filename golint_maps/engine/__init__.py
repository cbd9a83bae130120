"""Runs it all: from settings and patterns to an outcome, with tasks in processes and a cache.

Two pure tasks (`tasks.extract_file`, `tasks.analyse_package`) do the work, wherever they run; what they give is joined in `run`, where rules run
and findings are sorted, so that the outcome never depends on the number of processes or on what was cached. May be imported by the command
line, the language server and tests; imports everything left of the reports. Public face: `run`, `program` for what rules would read, and
`Progress` for those who want to watch.
"""

from golint_maps.engine.run import Joined, Progress, program, run

__all__ = ["Joined", "Progress", "program", "run"]
