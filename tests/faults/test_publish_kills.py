"""1,000 publishes from 8 processes, killed at random moments: nothing foreign is ever lost."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import RunKind
from aesplugin.decision import Choice, Decision
from aesplugin.services.publish import Outcome, Publisher
from aesplugin.sidecars.xmp import XmpSidecar
from tests.services.publishing.builders import put
from tests.sidecars.samples import STYLES, added, foreign, lost, style

PUBLISHES, PROCESSES, KILLS, SECONDS = 1000, 8, 20, 240


def test_kills_lose_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    catalog_file = tmp_path / "catalog.sqlite3"
    sound, broken = _fill(folder, catalog_file)
    outcomes = _publish_under_fire(catalog_file, tmp_path / "done.log")
    assert sum(outcomes.values()) >= PUBLISHES
    assert outcomes[Outcome.WRITTEN] > 500 and outcomes[Outcome.REFUSED] > 50
    for path, before in sound.items():
        after = path.read_bytes()
        assert lost(before, after) == []
        assert added(before, after) == []
    for path, before in broken.items():
        assert path.read_bytes() == before
    left = [file.name for file in folder.iterdir() if file not in sound | broken]
    assert [name for name in left if not name.endswith((".aes-part", ".CR2"))] == []
    _undo_everything(catalog_file, tmp_path / "locks")
    for path, before in sound.items():
        assert foreign(path.read_bytes()) == foreign(before)
        assert b"aesplugin.org" not in path.read_bytes()


def _fill(folder: Path, catalog_file: Path) -> tuple[dict[Path, bytes], dict[Path, bytes]]:
    """Three photos a style with sound sidecars, one with a truncated one."""
    sound: dict[Path, bytes] = {}
    broken: dict[Path, bytes] = {}
    with Catalog.open(catalog_file) as catalog:
        for number, (name, copy) in enumerate((s, c) for s in STYLES for c in range(4)):
            content = put(catalog, folder / f"{name}{copy}.CR2", number, score=1 + number * 0.75)
            catalog.people.decide(
                [Decision(content_hash=content, user="ada", choice=list(Choice)[number % 3])]
            )
            data = style(name) if copy else style(name)[: 400 + 100 * number]
            (sound if copy else broken)[folder / f"{name}{copy}.CR2.xmp"] = data
    for path, data in (sound | broken).items():
        path.write_bytes(data)
    return sound, broken


def _publish_under_fire(catalog_file: Path, log: Path) -> Counter[str]:
    chance = random.Random(11)
    log.touch()
    seeds = iter(range(10_000))

    def start() -> "subprocess.Popen[bytes]":
        module = "tests.faults.publish_worker"
        root = Path(__file__).parent.parent.parent
        command = [sys.executable, "-m", module, str(catalog_file), str(next(seeds)), str(log)]
        return subprocess.Popen(command, cwd=root)

    workers = [start() for _ in range(PROCESSES)]
    kills, deadline, seen = 0, time.monotonic() + SECONDS, 0
    try:
        while (done := _count(log)) < PUBLISHES or kills < KILLS:
            assert time.monotonic() < deadline, f"only {done} publishes, {kills} kills"
            assert all(worker.poll() is None for worker in workers), "a worker ended by itself"
            if done >= seen + PUBLISHES // (2 * KILLS):  # at work again: kill another one
                victim = chance.randrange(PROCESSES)
                workers[victim].kill()
                workers[victim].wait()
                workers[victim] = start()
                kills, seen = kills + 1, done
            time.sleep(0.002)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    return Counter(log.read_text().split())


def _count(log: Path) -> int:
    return log.read_bytes().count(b"\n")


def _undo_everything(catalog_file: Path, locks: Path) -> None:
    with Catalog.open(catalog_file) as catalog:
        publisher = Publisher(catalog=catalog, sidecars=XmpSidecar(), locks=locks)
        for run in catalog.runs.latest(RunKind.PUBLISH, 10_000):
            list(publisher.unpublish(run.id))
