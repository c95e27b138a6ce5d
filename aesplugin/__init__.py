"""aesplugin: a second opinion on your photos, offline."""

__version__ = "0.1.0"
