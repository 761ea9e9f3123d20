"""`python -m steppewire_notifier`."""

from steppewire_notifier.app import main

main()
