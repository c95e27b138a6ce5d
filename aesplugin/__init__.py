"""aesplugin: a second opinion on your photos, offline."""

import logging

__version__ = "0.1.0"

# Commands say what went wrong themselves; only long-running workers write a log (workers/logs.py).
logging.getLogger(__name__).addHandler(logging.NullHandler())
