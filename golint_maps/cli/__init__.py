"""The command line: one module for each command; options become Settings, then an Outcome, then reports and an exit status.

May import everything; nothing imports it. `golint_maps.cli.main.main` is its public face.
"""
