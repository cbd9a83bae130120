"""SARIF 2.1.0, for code scanning: the model is built from `sarif_om`'s classes and written by a walker of our own.

Only this folder imports `sarif_om`, and only `golint_maps.report.render` imports this folder, when SARIF is asked for. (`sarif_om` itself imports
`attrs` and nothing else; the `pbr` that it declares is never loaded.) Its public face is `render`.
"""

from golint_maps.report.sarif.document import render

__all__ = ["render"]
