"""Names to types: across the files of a package, its module, vendor, the module cache and the standard library's table.

`resolve.Resolver` turns written types into those of `model`, `infer.Typing` gives the type of any expression of a function. An unknown type is
None, never a guess. May be imported by `flow` and everything right of it; knows nothing of them.
"""
