"""An error in the page's scripts is told in a line that stays; what was decided is safe."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.web.chromium import accessible, keep, ready, tab, visit
from tests.web.lines import Place, drained

SAID = "What you decided before is stored"


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    with tab(browser, place.site.url) as opened:
        yield opened


@pytest.mark.parametrize(
    "failure",
    [
        "setTimeout(() => { throw new Error('thrown') })",
        "setTimeout(() => undefined.missing)",
        "void Promise.reject(new TypeError('rejected'))",
    ],
)
def test_it_is_told_and_a_reload_is_safe(page: Page, place: Place, failure: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    visit(page, "/")
    line = page.locator("#failure")
    expect(line).to_be_hidden()
    page.keyboard.press("ArrowRight")
    photo = page.locator(":focus").get_attribute("data-photo")
    page.keyboard.press("p")
    page.evaluate(f"() => {{ {failure} }}")
    expect(line).to_contain_text(SAID)
    keep(page, "failure")
    accessible(page)
    drained(page)
    page.get_by_role("button", name="Reload").click()
    expect(line).to_be_hidden()
    ready(page)
    expect(page.locator(f'[data-photo="{photo}"]')).to_have_attribute("data-choice", "pick")
    assert len(errors) == 1, "the console has it, too"


@pytest.mark.parametrize("script", ["page.js", "keys.js"])
@pytest.mark.parametrize("way", ["lost", "broken"])
def test_a_script_that_does_not_load_is_told(page: Page, script: str, way: str) -> None:
    def answer(route: Route) -> None:
        if way == "lost":
            route.fulfill(status=404, body="")
        else:
            route.fulfill(content_type="text/javascript", body="export const = 5;")

    page.route(f"**/static/{script}", answer)
    page.goto("/")
    expect(page.locator("#failure")).to_contain_text(SAID)


def test_what_is_no_failure_of_the_page_is_not_told(page: Page) -> None:
    visit(page, "/")
    page.evaluate(
        """() => {
          const image = new Image();
          image.src = "/api/v1/photos/none/thumbnail.jpg";
          document.body.append(image);
          dispatchEvent(new ErrorEvent("error", { filename: "moz-extension://y/z.js" }));
          dispatchEvent(new ErrorEvent("error", { message: "ResizeObserver loop completed" }));
          void Promise.reject(new DOMException("left", "AbortError"));
          void fetch("http://127.0.0.1:9/");
          return new Promise((done) => { image.onerror = () => setTimeout(done); });
        }"""
    )
    expect(page.locator("#failure")).to_be_hidden()
