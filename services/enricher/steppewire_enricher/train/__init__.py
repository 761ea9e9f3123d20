"""How the shipped models are made again, one command each. Nothing here runs in the service."""
