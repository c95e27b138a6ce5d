"""Publishes random photos with random options until killed: arguments CATALOG SEED LOG."""

import os
import random
import sys
from pathlib import Path

from aesplugin.catalog.catalog import Catalog
from aesplugin.services.publish import Publisher, PublishOptions
from aesplugin.sidecars.xmp import XmpSidecar

REVISION = "fake-1"


def main(catalog_file: str, seed: str, log: str) -> None:
    chance = random.Random(int(seed))
    catalog = Catalog.open(catalog_file)
    locks = Path(catalog_file).parent / "locks"
    entries = list(catalog.entries(REVISION))
    done = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        options = PublishOptions(
            user=chance.choice(("ada", "bob")),
            ratings=chance.random() < 0.5,
            labels=chance.random() < 0.5,
            tags=chance.random() < 0.5,
            description=chance.random() < 0.5,
        )
        entry = chance.choice(entries)
        assert entry.photo is not None
        scores = {entry.photo.content_hash: chance.uniform(1, 10)}  # so that most runs write
        publisher = Publisher(
            catalog=catalog, sidecars=XmpSidecar(), locks=locks, personal_scores=scores
        )
        for result in publisher.publish([entry], options):
            os.write(done, f"{result.outcome}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
