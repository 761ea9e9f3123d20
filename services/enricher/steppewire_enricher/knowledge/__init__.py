"""What ships about the world: people, bodies and places, with their names in five writings."""

from __future__ import annotations

from steppewire_enricher.knowledge.base import Base, Known, base

__all__ = ["Base", "Known", "base"]
