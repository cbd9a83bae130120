"""What a package does with the insides of maps: mirrored structures, memory behind them, linknames, cgo, build tags and switches.

`analyse.analyse` turns a package into facts, for rules GM301 to GM308. What the runtime looks like, release by release, stands in two tables,
`layouts.toml` and `symbols.toml`, which `tables` reads. A part of `flow`: the same may import it.
"""
