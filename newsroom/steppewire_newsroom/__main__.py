"""`python -m steppewire_newsroom`."""

from steppewire_newsroom.cli import main

main()
