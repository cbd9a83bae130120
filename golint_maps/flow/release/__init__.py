"""Values of maps that something must be done with before they are forgotten: cancelled, stopped, closed.

`owners` says which types own something, `uses` what a function does with such values (`events`), `inventory` joins the functions of a package,
`misses` finds the inserts that meet no entry, and `skipped` states the overwrites and deletes that lose a value which nobody else can release.
May be imported by `flow.analyse` and `flow.facts`.
"""
