"""`python -m steppewire_api` serves the newswire over HTTP."""

from steppewire_api.app import main

main()
