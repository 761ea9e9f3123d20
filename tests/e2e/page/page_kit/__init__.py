"""What the tests of the page stand on: articles written by us, an API over them, a browser."""
