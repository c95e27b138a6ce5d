"""Faces: where they are, where they face, whether their eyes are open. Never whose they are."""

from typing import Final

REVISION: Final = "2"
"""Of what is read: raised with other weights, and wherever the same photo gives other values."""
