"""`python -m steppewire_parser`."""

from steppewire_parser.app import main

if __name__ == "__main__":
    main()
