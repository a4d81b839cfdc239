"""`python -m offersmith` is the command line."""

from offersmith.cli import main

main()
