"""Takes the pictures of the page that README and docs show: ``python docs/pictures/take.py [DIR]``.

A real run on free photographs: the samples of scikit-image and those in DIR (the committed pictures
show the backgrounds of Ubuntu Budgie, CC0), with a burst of eight made of one of them. Needs the
extras ``samples`` and ``test``, and a Chromium; writes into its own folder.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from aesplugin.compose import Workshop  # noqa: E402 - the clone's, not an installed one
from aesplugin.samples import sample_photos  # noqa: E402
from aesplugin.settings import Settings  # noqa: E402
from aesplugin.web.app import create_app  # noqa: E402
from aesplugin.web.guard import Access  # noqa: E402
from aesplugin.web.state import Desk  # noqa: E402
from aesplugin.web.testing import served  # noqa: E402
from tests.photos import save  # noqa: E402
from tests.web.chromium import shown  # noqa: E402

DESKTOP, PHONE = {"width": 1200, "height": 760}, {"width": 390, "height": 760}
START = datetime(2026, 5, 1, 9, 0)
FRAMES = 8
SOFT = {1: 1.2, 2: 3.0, 5: 2.0, 7: 5.0}  # px of blur, by frame: a bird that moves, a shaken hand
FILM = {"width": 1080, "height": 620}
FILM_WIDTH = 760  # px as shown
# Key and what it does, and how long its result is looked at in the film, in seconds.
KEYS = {"ArrowDown": "↓", "ArrowRight": "→", "Enter": "Enter", "Control+z": "Ctrl+Z"}
STEPS = (
    ("ArrowDown", "to the first burst", 1.2),
    ("Enter", "open it", 2.2),
    ("z", "all frames at 100 %", 2.4),
    ("z", "and back", 1.2),
    ("ArrowRight", "next frame", 0.8),
    ("ArrowRight", "next frame", 0.8),
    ("ArrowRight", "next frame", 1.0),
    ("k", "keep this one, reject the rest", 2.8),
    ("Control+z", "undo", 3.0),
    ("k", "keep it after all", 3.0),
)
BURST_OF = "chelsea"  # where DIR has no other
Scheme = Literal["dark", "light"]


def main() -> None:
    """Scores the photos and photographs every page, then films the cull of the burst."""
    more = sorted(Path(sys.argv[1]).glob("*.jpg")) if len(sys.argv) > 1 else []
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "2026"
        folder.mkdir()
        _gather(folder, more)
        settings = Settings(
            catalog=str(Path(work) / "catalog.sqlite3"), cache=Path(work) / "cache", decoders=1
        )
        workshop = Workshop(settings)
        run = workshop.score_run()
        files = list(run.run(run.plan([str(folder)])))
        assert all(file.state == "assessed" for file in files), files
        with served(create_app(Desk(workshop, Access()))) as port, _chromium() as browser:
            _photograph(browser, f"http://127.0.0.1:{port}")


def _gather(folder: Path, more: list[Path]) -> None:
    samples = [Path(path) for path in sample_photos(folder.parent)]
    for number, path in enumerate([*samples, *more]):
        taken_at = START + timedelta(minutes=7 * number)
        save(Image.open(path), folder / f"{path.stem}.jpg", taken_at)
    of = next((path for path in more if path.stem.startswith("burst")), None)
    of = of or next(path for path in samples if BURST_OF in path.stem)
    _burst(Image.open(of).convert("RGB"), folder, START + timedelta(hours=3))


def _burst(photo: Image.Image, folder: Path, start: datetime) -> None:
    """Frames of a camera that follows its subject by hand: each a little aside, some not sharp."""
    width, height = (round(side * 0.88) for side in photo.size)
    for number in range(FRAMES):
        left = round((photo.width - width) * (0.2 + 0.08 * number))
        top = round((photo.height - height) * (0.7 - 0.06 * number))
        frame = photo.crop((left, top, left + width, top + height))
        if number in SOFT:
            frame = frame.filter(ImageFilter.GaussianBlur(SOFT[number]))
        taken_at = start + timedelta(milliseconds=150 * number)
        save(frame, folder / f"frame_{number + 1}.jpg", taken_at)


@contextmanager
def _chromium() -> Iterator[Browser]:
    arguments = ["--headless", "--no-sandbox", "--disable-gpu"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=arguments
        )
        yield browser
        browser.close()


def _photograph(browser: Browser, url: str) -> None:
    def window(scheme: Scheme, size: dict[str, int]) -> BrowserContext:
        return browser.new_context(base_url=url, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]

    with window("dark", DESKTOP) as context:
        _dark(context.new_page())
    with window("light", DESKTOP) as context:
        _light(context.new_page())
    with window("dark", PHONE) as context:
        page = context.new_page()
        page.goto("/")
        _keep(page, "phone")
    with window("dark", FILM) as context:
        _film(context.new_page())


def _dark(page: Page) -> None:
    page.goto("/")
    _keep(page, "gallery-dark")
    page.locator(".tile").first.click()
    page.locator(".histogram").wait_for()
    _keep(page, "photo")
    page.goto("/groups")
    page.locator(".group-list a").first.click()
    page.locator(".frame").first.wait_for()
    _keep(page, "burst")


def _light(page: Page) -> None:
    page.goto("/")
    _keep(page, "gallery-light")
    page.goto("/cull")
    _keep(page, "cull")
    page.goto("/publish")
    page.get_by_label("Tags").check()
    page.get_by_role("button", name="Show changes").click()
    page.locator(".differences").first.wait_for()
    _keep(page, "publish")


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    shown(page)
    page.screenshot(path=HERE / f"{name}.jpg", type="jpeg", quality=72)


def _film(page: Page) -> None:
    """A burst culled by keyboard, as a GIF: each key is named at the bottom."""
    page.goto("/groups")
    frames = [(_frame(page, ""), 1.2)]
    for key, what, seconds in STEPS:
        page.keyboard.press(key)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(400)
        shown(page)
        frames.append((_frame(page, f"{KEYS.get(key, key.upper())}  {what}"), seconds))
    first, *rest = [_small(picture) for picture, _ in frames]
    first.save(
        HERE / "burst.gif",
        save_all=True,
        append_images=rest,
        duration=[round(1000 * seconds) for _, seconds in frames],
        loop=0,
        optimize=True,
    )


def _frame(page: Page, caption: str) -> bytes:
    page.evaluate(
        """(text) => {
          document.getElementById('caption')?.remove();
          if (!text) return;
          const box = document.body.appendChild(document.createElement('div'));
          box.id = 'caption';
          box.textContent = text;
          Object.assign(box.style, {
            position: 'fixed', left: '57%', top: '.35rem', translate: '-50% 0', zIndex: 99,
            padding: '.3rem 1rem', font: '600 1.3rem system-ui', color: '#17191b',
            background: '#f2c14e', borderRadius: '.5rem',
          });
        }""",
        caption,
    )
    return page.screenshot()


def _small(picture: bytes) -> Image.Image:
    image = Image.open(BytesIO(picture)).convert("RGB")
    height = round(image.height * FILM_WIDTH / image.width)
    small = image.resize((FILM_WIDTH, height), Image.Resampling.LANCZOS)
    return small.quantize(256, dither=Image.Dither.NONE)


if __name__ == "__main__":
    main()
