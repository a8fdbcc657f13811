"""`python -m activstats`: the command line."""

from __future__ import annotations

from activstats.cli.main import main

if __name__ == "__main__":
    main()
