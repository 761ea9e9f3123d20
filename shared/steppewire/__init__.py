"""The shared language of the newswire: every service imports from here, never from another."""

__version__ = "0.1.0"
