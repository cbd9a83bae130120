"""The whole program: who calls whom on which goroutine, how an access is reached, and what races.

`links.Links` joins call sites to functions, `executors` functions that are sent to those that run them, `witness.Witnesses` finds the ways to an
access, `happens_before` orders them, `races.Races` pairs them and `verdicts` judges each access. What a pair is asked lies beside it: `objects` (may
it be one map?), `exclusion` (does a lock keep them apart?), `starts` (does the order of goroutines?), `outsiders` and `doubts` (how sure is that?).
`callgraph` and `effects` follow what calls do to
maps, on networkx. May be imported by `program` and the rules; knows nothing of them.
"""
