"""``python -m pointsman``: the command line of this very interpreter."""

from pointsman.cli import main

main()
