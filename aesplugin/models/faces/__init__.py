"""Faces and their eyes: where they are, whether they are open. Never whose they are."""

from typing import Final

REVISION: Final = "1"
"""Of what is read: raised with other weights, and wherever the same photo gives other values."""
