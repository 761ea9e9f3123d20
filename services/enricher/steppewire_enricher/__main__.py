"""`python -m steppewire_enricher` starts the service."""

from steppewire_enricher.app import main

main()
