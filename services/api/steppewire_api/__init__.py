"""The read side: articles over HTTP, a live stream, and a page that shows both."""

__version__ = "0.1.0"
