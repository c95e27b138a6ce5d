"""Takes the pictures of the page that README and docs show: ``python docs/pictures/take.py``.

A real run on free photographs: the samples of scikit-image, and a burst made of one of them.
Needs the extras ``web``, ``samples`` and ``test``, and a Chromium; writes beside itself.
"""

import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from aesplugin.compose import Workshop  # noqa: E402 - the clone's, not an installed one
from aesplugin.samples import sample_photos  # noqa: E402
from aesplugin.settings import Settings  # noqa: E402
from aesplugin.web.app import create_app  # noqa: E402
from aesplugin.web.desk import Desk  # noqa: E402
from aesplugin.web.guard import Access  # noqa: E402
from aesplugin.web.probe import served  # noqa: E402
from tests.photos import save  # noqa: E402

DESKTOP, PHONE = {"width": 1200, "height": 760}, {"width": 390, "height": 760}


def main() -> None:
    """Scores the samples and photographs every page."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "photos"
        folder.mkdir()
        _gather(folder)
        settings = Settings(
            catalog=str(Path(work) / "catalog.sqlite3"),
            cache=Path(work) / "cache",
            model=sys.argv[1] if len(sys.argv) > 1 else "embedded",
            decoders=1,
        )
        workshop = Workshop(settings)
        run = workshop.score_run()
        files = list(run.run(run.plan([str(folder)])))
        assert all(file.state == "assessed" for file in files), files
        with served(create_app(Desk(workshop, Access()))) as port:
            _photograph(f"http://127.0.0.1:{port}")


def _gather(folder: Path) -> None:
    samples = sample_photos(folder.parent)
    for sample in samples:
        image = Image.open(sample)
        save(image, folder / f"{Path(sample).stem}.jpg", datetime(2026, 5, 1, 9, 0))
    cat = Image.open(next(p for p in samples if "chelsea" in p)).convert("RGB")
    width, height = cat.size
    for n in range(4):
        frame = cat.crop((4 * n, 2 * n, width - 20 + 4 * n, height - 10 + 2 * n))
        if n == 2:  # a shaken frame
            small = frame.resize((width // 4, height // 4))
            frame = small.resize((width - 20, height - 10))
        taken_at = datetime(2026, 5, 1, 10, 0, 0, 200_000 * n)
        save(frame, folder / f"cat_{n + 1}.jpg", taken_at)


def _photograph(url: str) -> None:
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        for scheme in ("dark", "light"):
            context = browser.new_context(
                base_url=url, viewport=DESKTOP, color_scheme="dark" if scheme == "dark" else "light"
            )
            _desktop(context.new_page(), scheme)
            context.close()
        phone = browser.new_context(base_url=url, viewport=PHONE, color_scheme="dark")
        page = phone.new_page()
        page.goto("/")
        _keep(page, "phone")
        browser.close()


def _desktop(page: Page, scheme: str) -> None:
    page.goto("/")
    _keep(page, f"gallery-{scheme}")
    if scheme == "light":
        page.goto("/cull")
        _keep(page, "cull")
        page.goto("/publish")
        page.get_by_label("Tags").check()
        page.get_by_role("button", name="Show the differences").click()
        page.locator(".differences").first.wait_for()
        _keep(page, "publish")
        return
    page.locator(".tile", has_text="chelsea").click()
    page.locator(".histogram").wait_for()
    page.keyboard.press("c")
    page.locator("#crop p").wait_for(timeout=120_000)
    _keep(page, "photo")
    page.goto("/groups")
    page.locator(".group-list a").first.click()
    page.locator(".frame").first.wait_for()
    _keep(page, "burst")


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / f"{name}.jpg", type="jpeg", quality=72)


if __name__ == "__main__":
    main()
