"""Name → class of a data set, imported only when asked for: adding one is one file and one line."""

from importlib import import_module
from typing import Any, Final

from aesplugin.errors import UsageError

DATASETS: Final = {
    "aadb": "aesplugin.training.datasets.aadb:Aadb",
    "ava": "aesplugin.training.datasets.ava:Ava",
    "ava_captions": "aesplugin.training.datasets.ava_captions:AvaCaptions",
    "flickr_aes": "aesplugin.training.datasets.flickr_aes:FlickrAes",
    "oasis": "aesplugin.training.datasets.oasis:Oasis",
    "para": "aesplugin.training.datasets.para:Para",
    "pccd": "aesplugin.training.datasets.pccd:Pccd",
    "tad66k": "aesplugin.training.datasets.tad66k:Tad66k",
}


def dataset_class(name: str) -> Any:
    """The class of the set called `name`.

    Raises:
        UsageError: no such name; the message lists the known ones.
    """
    if name not in DATASETS:
        raise UsageError(f"no data set is named {name!r}; known: {', '.join(DATASETS)}")
    module, _, attribute = DATASETS[name].partition(":")
    return getattr(import_module(module), attribute)
