"""`python -m steppewire_fetcher`."""

from steppewire_fetcher.app import main

main()
