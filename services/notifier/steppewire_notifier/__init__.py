"""Tells other systems of articles as they are stored: signed webhooks."""
