"""The rules, one folder for each family, two files for each rule: what it finds (`.py`) and what people read about it (`.md`).

Ships as `golint_maps.rules`; `golint_maps.registry` finds what lies here, so there is no list to edit. A rule imports
`golint_maps.rule`, `golint_maps.findings` and the model of `golint_maps.program`; modules whose name starts with `_` are shared helpers,
imported relatively. Nothing imports a rule by name.
"""
