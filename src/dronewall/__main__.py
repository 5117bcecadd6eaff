"""`python -m dronewall` is the command line."""

from dronewall.cli import main

main()
