"""What the library raises where a folder's files cannot be loaded; a network's shapes apart."""

from typing import Final

from safetensors import SafetensorError

UNLOADABLE: Final = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    SafetensorError,
)
