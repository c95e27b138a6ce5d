"""The page on a phone: put beside the other apps, behind the token."""

from playwright.sync_api import Browser

from tests.web.chromium import ready
from tests.web.conftest import TOKEN


def test_it_can_be_installed(browser: Browser, guarded: int) -> None:
    context = browser.new_context(base_url=f"http://127.0.0.1:{guarded}", is_mobile=True)
    page = context.new_page()
    page.goto(f"/?token={TOKEN}")
    ready(page)
    found = context.new_cdp_session(page).send("Page.getAppManifest")
    assert found["url"].endswith("/static/manifest.json") and found["errors"] == []
    named = page.evaluate(
        """async () => {
          const manifest = await (await fetch('/static/manifest.json')).json();
          const icons = await Promise.all(manifest.icons.map(({ src }) =>
            fetch(src).then((answer) => [answer.status, answer.headers.get('content-type')])));
          const touch = new Image();
          touch.src = document.querySelector('link[rel="apple-touch-icon"]').href;
          await touch.decode();
          return [manifest.display, icons, touch.naturalWidth];
        }"""
    )
    assert named == ["standalone", [[200, "image/svg+xml"], [200, "image/png"]], 192]
    context.close()
