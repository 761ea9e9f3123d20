"""`python -m steppewire_store`."""

from steppewire_store.app import main

main()
