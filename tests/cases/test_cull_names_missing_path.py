"""What the catalog marks missing is named nowhere, counted nowhere and compared with nothing."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from aesplugin.catalog.filters import Filters, Order
from aesplugin.compose import Workshop
from aesplugin.decision import Choice
from aesplugin.services.groups.group import pairs_of
from aesplugin.services.publish import PublishOptions
from aesplugin.services.sync import stacks_of
from aesplugin.web.culling import CullDesk
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from tests.cases.catalogued import Catalogued
from tests.photos import burst, drawn, save

START = datetime(2026, 5, 1, 10)


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Catalogued]:
    """A burst of four frames, and a photo alone."""
    folder = tmp_path / "photos"
    folder.mkdir()
    burst(drawn(40, (900, 600)), folder, START, frames=4)
    save(drawn(1), folder / "a.jpg", START.replace(hour=15))
    made = Catalogued(folder, tmp_path)
    yield made
    made.workshop.close()


def _mark(known: Catalogued, *names: str) -> None:
    """As the watcher does with what has gone."""
    catalog = known.workshop.catalog
    paths = [str(known.folder / name) for name in names]
    assert catalog.mark_missing(paths, root=str(known.folder), max_share=1.0) is None


def _published(workshop: Workshop, folder: Path) -> set[str]:
    entries = workshop.entries_under([str(folder)])
    done = workshop.publisher().publish(entries, PublishOptions(), dry_run=True)
    return {Path(one.photo).name for one in done}


def test_a_renamed_photo_is_called_by_its_new_name_everywhere(known: Catalogued) -> None:
    (known.folder / "a.jpg").rename(known.folder / "z.jpg")
    known.score()
    found = known.cull(keep=2)
    files = {Path(path).name for path in found.paths.values()}
    assert files == {"z.jpg", *(f"BURST_0{n}.jpg" for n in range(1, 5))}
    workshop = known.workshop
    revision = workshop.card.revision
    assert {Path(e.path).name for e in workshop.catalog.rank(revision)} == files
    assert {Path(path).name for e in known.shoot().entries for path in e.paths} == files
    assert _published(workshop, known.folder) == files
    desk = Desk(workshop, Access())
    window = desk.review.window(Filters(), Order.SCORE, limit=50, offset=0)
    assert {Path(tile.entry.path).name for tile in window.tiles} == files


def test_a_deleted_frame_is_neither_counted_nor_compared_with(known: Catalogued) -> None:
    desk = CullDesk(known.workshop, Desk(known.workshop, Access()).review)
    before = known.cull(keep=1)
    best = next(p for p in before.culling.proposals if p.choice is Choice.PICK and p.group)
    assert "(best of 4, burst)" in best.reason
    assert len(desk.groups(None)[0].members) == 4
    gone = Path(before.paths[best.content_hash]).name
    (known.folder / gone).unlink()
    _mark(known, gone)
    after = known.cull(keep=2)
    (group,) = after.grouping.groups
    assert best.content_hash not in group.members and group.title == "burst of 3"
    words = [p.reason for p in after.culling.proposals]
    assert any("(best of 3, burst)" in one for one in words)
    assert not any(gone in one or "of 4" in one for one in words)
    assert len(desk.groups(None)[0].members) == 3  # though it was read a moment ago
    (stack,) = stacks_of(known.shoot(), after.grouping.groups, {})
    assert len(stack) == 3 and not any(gone in path for path in stack)


def test_nothing_is_left_of_a_group_whose_frames_are_gone(known: Catalogued) -> None:
    names = [f"BURST_0{n}.jpg" for n in range(2, 5)]
    for name in names:
        (known.folder / name).unlink()
    _mark(known, *names)
    found = known.cull(keep=2)
    assert found.grouping.groups == () and len(found.culling.proposals) == 2
    assert _published(known.workshop, known.folder) == {"BURST_01.jpg", "a.jpg"}


def test_a_photo_that_comes_back_stands_where_it_stood(known: Catalogued) -> None:
    (known.folder / "a.jpg").rename(known.folder.parent / "a.jpg")
    _mark(known, "a.jpg")
    assert len(known.cull().paths) == 4
    (known.folder.parent / "a.jpg").rename(known.folder / "a.jpg")
    known.score()
    assert len(known.cull().paths) == 5


def test_a_raw_whose_jpeg_was_deleted_stands_for_itself(
    made: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "shoot"
    shutil.copytree(made("01") / "pixel_same", folder)
    known = Catalogued(folder, tmp_path)
    (pair,) = (files for files in pairs_of(known.shoot()).items() if files[1])
    jpeg, (raw,) = pair
    (folder / "IMG_1.jpg").unlink()
    known.score()
    _mark(known, "IMG_1.jpg")
    found = known.cull(keep=1)
    (proposal,) = found.proposals()
    score = known.shoot().scores[raw]
    assert proposal.content_hash == raw and jpeg not in found.paths
    assert proposal.choice is Choice.PICK and proposal.reason == f"score {score:.2f}"
