"""What a browser makes of the report: nothing fetched, nothing wrong, everything there and in reach."""

import os
import shutil
from pathlib import Path

import pytest

from activstats.report import report_html
from activstats.validation import CLAIMS, judge

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; Debian has one in `chromium`"),
    # The browser's driver leaves closing its loop to the interpreter.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
# Width in px of a desktop's window, and of a telephone.
WINDOWS = (1100, 400)
A4_POINTS = (595, 842)


@pytest.fixture(scope="module")
def page_file(whole_evidence, origin, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    verdicts = judge(whole_evidence)
    path.write_text(report_html(whole_evidence, verdicts, origin), "utf-8")
    return path


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Seen:
    """A page in a window, with all that it asked for and complained of."""

    def __init__(self, browser, path: Path, **context):
        self.requests, self.complaints = [], []
        self.context = browser.new_context(offline=True, **context)
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())


@pytest.fixture(
    params=[(s, w) for s in ("light", "dark") for w in WINDOWS], ids=str, scope="module"
)
def seen(request, browser, page_file):
    scheme, width = request.param
    found = Seen(browser, page_file, color_scheme=scheme, viewport={"width": width, "height": 900})
    yield found
    found.context.close()


def test_nothing_is_fetched_and_nothing_is_wrong(seen, page_file):
    assert seen.requests == [page_file.as_uri()]
    assert seen.complaints == []


def test_rules_of_accessibility_hold_contrast_among_them(seen):
    found = axe.Axe().run(seen.page, options={"resultTypes": ["violations"]})
    told = {one["id"]: one["nodes"][0]["html"] for one in found.response["violations"]}
    assert told == {}


def test_page_does_not_scroll_sideways(seen):
    wide = seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_every_section_claim_and_picture_is_there_to_see(seen):
    page = seen.page
    assert page.locator("main section:visible").count() == page.locator("main section").count()
    for place in range(1, len(CLAIMS) + 1):
        assert page.locator(f"#verdict-{place}").is_visible()
    unfolded = page.locator("figure.picture:not(details:not([open]) figure)")
    assert unfolded.count() >= 8
    for number in range(unfolded.count()):
        box = unfolded.nth(number).locator("svg").bounding_box()
        assert box["width"] > 250
        assert box["height"] > 60


def test_paper_is_dark_where_that_is_wished(browser, page_file):
    lightness = {}
    for scheme in ("light", "dark"):
        seen = Seen(browser, page_file, color_scheme=scheme)
        paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        lightness[scheme] = sum(map(int, paper[4:-1].split(",")))
        seen.context.close()
    assert lightness["dark"] < 150
    assert lightness["light"] > 600


def test_every_claim_is_reached_from_the_keyboard(browser, page_file):
    seen = Seen(browser, page_file)
    reached = []
    for _ in range(len(CLAIMS) + 1):
        seen.page.keyboard.press("Tab")
        reached.append(seen.page.evaluate("document.activeElement.getAttribute('href')"))
    assert reached[1:] == [f"#verdict-{place}" for place in range(1, len(CLAIMS) + 1)]
    seen.page.keyboard.press("Enter")
    last = seen.page.locator(f"#verdict-{len(CLAIMS)}")
    top = last.bounding_box()["y"]
    assert -1 <= top < seen.page.viewport_size["height"]
    seen.context.close()


def test_page_works_without_scripts(browser, page_file):
    seen = Seen(browser, page_file, java_script_enabled=False)
    fold = seen.page.locator("details:not([open])").first
    fold.locator("summary").first.click()
    assert fold.page.locator("details[open]").count() > 0
    seen.context.close()


def test_paper_holds_every_claim_when_printed(browser, page_file):
    seen = Seen(browser, page_file, color_scheme="dark")
    seen.page.emulate_media(media="print")
    for place in range(1, len(CLAIMS) + 1):
        assert seen.page.locator(f"#verdict-{place}").is_visible()
    paper = seen.page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--paper')"
    )
    assert paper.strip() == "#fff"
    printed = seen.page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    seen.context.close()
