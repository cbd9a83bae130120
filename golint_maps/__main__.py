"""`python -m golint_maps`, the same as `golint-maps`."""

from golint_maps.cli.main import main

if __name__ == "__main__":
    main()
