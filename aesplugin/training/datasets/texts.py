"""What people wrote, without the traces of the web page it was taken from."""

import html
from collections.abc import Iterable

from aesplugin.training.datasets.skipped import Skip


def texts(found: Iterable[object]) -> tuple[str, ...]:
    """Each text once, its character references resolved and its white space single.

    Raises:
        Skip: nothing is left.
    """
    said = (" ".join(html.unescape(text).split()) for text in found if isinstance(text, str))
    kept = tuple(dict.fromkeys(text for text in said if text))
    if not kept:
        raise Skip("unlabelled", "no text")
    return kept
