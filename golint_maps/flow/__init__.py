"""One function at a time: what it does to maps, locks, goroutines and values.

`analyse.analyse` turns a package into `facts.PackageFacts`. Each analysis is a module that yields facts about one `view.View`; those that need
to know how control moves build on `walk.Forward`. May be imported by `graphs`, `program`, the rules and the engine; knows nothing of them.
"""
