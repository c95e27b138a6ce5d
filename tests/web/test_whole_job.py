"""A whole job by keyboard alone: 250 photos, 20 bursts, from the first look to the sidecars."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.bursts.test_keep import on_burst
from tests.web.chromium import keep, ready, visit
from tests.web.lines import Place, drained, serving
from tests.web.shoots import Shoot, add_burst, add_singles
from tests.web.site import FRAMES, PHOTOS, START, build

IN_ALL, WANTED = 250, 40
_SIZES = (8, 3, 8, 5, 8, 4, 8, 6, 8, 3, 8, 4, 8, 5, 8, 7, 8, 2, 8)  # beside the site's burst of 5
_ROWS_OF_FOUR = {"width": 1600, "height": 1000}  # where a burst has 8

Way = tuple[str, dict[int, str]]  # keys for a burst, and what stands of those not rejected
_OF_EIGHT: Sequence[Way] = (
    ("k", {0: "pick"}),
    ("ArrowRight 5 k", {1: "pick 5"}),
    ("ArrowDown ArrowLeft k", {3: "pick"}),
    ("ArrowLeft k", {-1: "pick"}),
    ("ArrowDown ArrowRight k", {5: "pick"}),
    ("p ArrowRight k", {0: "pick", 1: "pick"}),
    ("ArrowLeft ArrowLeft k", {-2: "pick"}),
    ("5 ArrowRight k", {0: "none 5", 1: "pick"}),
    ("a", {1: "pick"}),
)
_OF_FEWER: Sequence[Way] = (("k", {0: "pick"}), ("ArrowRight k", {1: "pick"}))


@dataclass
class Keyboard:
    """Nothing but keys, and how many it took."""

    page: Page
    pressed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    part: str = ""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.pressed[self.part].append(key)
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.press(*text)

    def to_page(self, name: str) -> None:
        """By the menu."""
        self.press("m")
        while self.page.evaluate(_NAME) != name:
            self.press("ArrowRight")
        with self.page.expect_navigation():
            self.press("Enter")
        ready(self.page)

    def to(self, name: str) -> None:
        """Further down the page, to a box or button of it."""
        for _ in range(30):
            self.press("Tab")
            if self.page.evaluate(_NAME) == name:
                return
        raise AssertionError(f"{name} is not reached by Tab")

    def report(self) -> str:
        lines = [
            f"{len(keys):4} {part}: {' '.join('Space' if key == ' ' else key for key in keys)}"
            for part, keys in self.pressed.items()
        ]
        return "\n".join([*lines, f"{sum(map(len, self.pressed.values())):4} keys in all"])


_NAME = """(document.activeElement.labels?.[0]?.querySelector("span") ?? document.activeElement)
  .firstChild?.textContent.trim()"""
_FOCUSED = "document.activeElement.dataset.photo"


@dataclass
class Job:
    """What a person does, part by part, and what is to stand then."""

    shoot: Shoot
    singles: tuple[str, ...]
    place: Place
    keys: Keyboard
    stands: dict[str, str] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        return self.keys.page

    @property
    def picks(self) -> int:
        return sum(one.startswith("pick") for one in self.stands.values())

    def check(self) -> None:
        """The catalog holds what the person decided."""
        drained(self.page)
        found = {
            key: f"{choice} {stars}" if stars else choice
            for key, (choice, stars, _) in self.place.stands().items()
        }
        assert found == self.stands

    @property
    def every(self) -> dict[str, str]:
        """Content hash of each photo, in order of its path, and its name."""
        entries = self.place.workshop.catalog.entries(self.place.workshop.card.revision)
        return {e.photo.content_hash: Path(e.path).name for e in entries if e.photo is not None}

    def stars_in_sidecars(self) -> dict[str, str]:
        """The stars in each photo's sidecar, "" where it has none."""
        texts = {path.stem: path.read_text() for path in self.shoot.site.folder.rglob("*.xmp")}
        return {
            key: "".join(re.findall(r">(-?\d)</xmp:Rating>", texts[name]))
            for key, name in self.every.items()
            if name in texts
        }


@pytest.fixture
def job(tmp_path: Path, browser: Browser) -> Iterator[Job]:
    site = build(tmp_path)
    bursts = [tuple(site.photos[f"BURST_{n + 1:02}.jpg"] for n in range(FRAMES))]
    for number, size in enumerate(_SIZES):
        start = START + timedelta(days=2, minutes=20 * number)
        bursts.append(add_burst(site, f"burst_{chr(ord('a') + number)}", start, size))
    count = IN_ALL - PHOTOS - FRAMES - sum(_SIZES)
    singles = add_singles(site, "walk", START + timedelta(days=9), count)
    problems: list[str] = []
    with serving(site) as place:
        context = browser.new_context(base_url=place.site.url)
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.set_viewport_size(_ROWS_OF_FOUR)
        page.on("pageerror", lambda error: problems.append(str(error)))
        yield Job(Shoot(site, tuple(bursts)), singles, place, Keyboard(page))
        context.close()
    site.workshop.catalog.close()
    assert problems == []


def test_a_whole_job(job: Job) -> None:
    visit(job.page, "/")
    decide_bursts(job)
    pick_singles(job, WANTED - 1 - job.picks)
    compare_four(job)
    assert job.picks == WANTED
    undo_and_redo(job)
    publish(job)
    stars = {"pick": "", "reject": "-1", "pick 5": "5", "none 5": "5"}
    mine = {photo: stars[stands] for photo, stands in job.stands.items()}
    assert job.stars_in_sidecars() == dict.fromkeys(job.every, "") | mine
    unpublish(job)
    assert job.stars_in_sidecars() == {}
    job.check()
    print(job.keys.report())  # noqa: T201 - what a person would ask of it


def decide_bursts(job: Job) -> None:
    """All of them, one after the other, as the list leads on."""
    keys, page = job.keys, job.page
    keys.part = "to the first burst"
    keys.to_page("Bursts")
    keys.press("n")
    of_eight, of_fewer = cycle(_OF_EIGHT), cycle(_OF_FEWER)
    for number, photos in enumerate(job.shoot.bursts, start=1):
        on_burst(page, photos)
        keys.part = f"burst {number} of {len(photos)}"
        pressed, stands = next(of_eight if len(photos) == 8 else of_fewer)
        if pressed == "a":
            accepted, part = photos, keys.part
        job.stands |= dict.fromkeys(photos, "reject") | {
            photos[n]: one for n, one in stands.items()
        }
        keys.press(*pressed.split())
    on_burst(page, accepted)  # of which the proposal left two to the person
    keys.part = part
    picked = page.locator(".frame").evaluate_all(
        "fs => fs.findIndex(f => f.dataset.choice === 'pick')"
    )
    keys.press(*["ArrowRight"] * picked, "k")
    expect(page.locator("#toast")).to_contain_text("No undecided burst is left")
    expect(page.locator("[data-place]")).to_contain_text("of 20, none undecided")
    job.check()
    counts = [len(one) for part, one in keys.pressed.items() if part.endswith(" of 8")]
    assert len(counts) == _SIZES.count(8) and max(counts) <= 3


def pick_singles(job: Job, count: int) -> None:
    """Found by words; one by one, the best with stars, and the last four together."""
    keys, page = job.keys, job.page
    keys.part = "to the photos that stand alone"
    keys.to_page("Gallery")
    keys.type("/walk")
    expect(page.locator(".count")).to_contain_text(f"{len(job.singles)} of {IN_ALL} photos")
    keys.press("Escape")
    expect(page.locator("#t0")).to_be_focused()
    keys.part = f"{count} photos that stand alone"
    for number in range(count - 4):
        photo = page.evaluate(_FOCUSED)
        keys.press("p", *(["5"] if number % 4 == 0 else []), "ArrowRight")
        job.stands[photo] = "pick 5" if number % 4 == 0 else "pick"
    keys.press(*["Shift+ArrowRight"] * 3)
    expect(page.locator("#selected-count")).to_have_text("4 selected")
    chosen = page.locator(".tile[data-selected]").evaluate_all("ts => ts.map(t => t.dataset.photo)")
    job.stands |= dict.fromkeys(chosen, "pick")
    keys.press("p", "Escape", "ArrowRight")
    job.check()


def compare_four(job: Job) -> None:
    """The best of them is picked and gets stars, the others are rejected; and back."""
    keys, page = job.keys, job.page
    keys.part = "to compare four"
    keys.press(" ", *["ArrowRight", " "] * 3, "g")
    page.wait_for_url("**/compare?photos=*")
    ready(page)
    photos = page.locator(".frame").evaluate_all("fs => fs.map(f => f.dataset.photo)")
    keys.part = "four compared"
    keys.press("x", "ArrowRight", "p", "5", "ArrowRight", "x", "ArrowRight", "x")
    job.stands |= dict(zip(photos, ("reject", "pick 5", "reject", "reject"), strict=True))
    job.check()
    keep(page, "whole-job-compare")
    keys.press("Escape")
    page.wait_for_url("**/?q=walk*")
    ready(page)
    expect(page.locator(".tile:focus")).to_have_attribute("data-photo", photos[-1])
    expect(page.locator("#selected-count")).to_have_text("4 selected")
    keys.press("Escape", "ArrowRight")


def undo_and_redo(job: Job) -> None:
    """The last three steps are taken back and made again."""
    keys, page = job.keys, job.page
    keys.part = "undo and redo"
    stands, toast = dict(job.stands), page.locator("#toast")
    last = [key for key, one in job.stands.items() if one == "reject"][-2:]
    for photo in reversed(last):
        keys.press("Control+z")
        del job.stands[photo]
        expect(toast).to_contain_text(f"Reject of {job.every[photo]} undone")
    keys.press("Control+z")
    expect(toast).to_contain_text("Star rating of")
    best = next(key for key in reversed(job.stands) if job.stands[key] == "pick 5")
    job.stands[best] = "pick"
    job.check()
    keys.press("Control+Shift+z", "Control+y", "Control+y")
    expect(toast).to_contain_text(f"Reject of {job.every[last[-1]]} redone")
    job.stands = stands
    job.check()


def publish(job: Job) -> None:
    """The scores, and nobody's stars but the person's own."""
    keys, page = job.keys, job.page
    keys.part = "publish"
    keys.to_page("Publish")
    keys.press("Tab", "Enter")  # skips the bar
    keys.to("Stars")
    keys.press(" ")
    expect(page.locator('[name="only_mine"]')).to_be_checked()
    keys.to("Show changes")
    keys.press("Enter")
    expect(page.locator("#differences [role=status]")).to_contain_text(f"{IN_ALL} of {IN_ALL}")
    keep(page, "whole-job-publish")
    keys.to("Write sidecars")
    confirm(job)
    expect(page.locator(".job.done")).to_contain_text(f"{IN_ALL} of {IN_ALL}")


def unpublish(job: Job) -> None:
    """The sidecars go, for there were none."""
    keys, page = job.keys, job.page
    keys.part = "undo the publish"
    keys.to_page("Publish")
    keys.press("Tab", "Enter")
    run = page.locator("table button").inner_text()
    keys.to(run)
    confirm(job)
    expect(page.locator(".job.done")).to_have_count(2)
    keep(page, "whole-job-done")


def confirm(job: Job) -> None:
    """Enter on a button that asks first, and Enter again."""
    job.page.once("dialog", lambda dialog: dialog.accept())
    job.keys.press("Enter")
    job.keys.pressed[job.keys.part].append("Enter")  # to the browser's own question
    job.page.wait_for_url("**/progress")
    ready(job.page)
