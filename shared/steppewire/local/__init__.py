"""The whole newswire on one machine: an embedded broker, all services, a live view."""
