"""A real browser in somebody's hand: Chromium at 360 pixels, touched with a finger, its bytes counted on the wire."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Playwright

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
NARROWEST = {"width": 320, "height": 740}
PICTURES = os.environ.get("PASAR_TEST_SCREENSHOTS")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def chromium(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)


@dataclass
class Traffic:
    """What went over the wire, in bytes, headers included."""

    received: int = 0
    sent: int = 0
    scripts: int = 0
    addresses: list[str] = field(default_factory=list)

    @property
    def both_ways(self) -> int:
        return self.received + self.sent


class Phone:
    """One person's phone. `taps` and `typed` count what a finger does; every page looked at is checked by `inspect`."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.context = browser.new_context(
            base_url=base_url,
            viewport=PHONE,  # type: ignore[arg-type]
            has_touch=True,
            is_mobile=True,
            locale="id-ID",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(90_000)
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda fault: self.complaints.append(str(fault)))
        self.wire = self.context.new_cdp_session(self.page)
        self.wire.send("Network.enable")
        self.traffic = Traffic()
        self.kinds: dict[str, str] = {}
        self.under_way: set[str] = set()
        self.wire.on("Network.requestWillBeSent", self.on_request)
        self.wire.on("Network.requestWillBeSentExtraInfo", self.on_headers_sent)
        self.wire.on("Network.loadingFinished", self.on_finished)
        self.wire.on("Network.loadingFailed", lambda event: self.under_way.discard(str(event["requestId"])))
        self.taps = 0
        self.typed = 0

    def on_request(self, event: dict[str, object]) -> None:
        request = event["request"]
        assert isinstance(request, dict)
        self.kinds[str(event["requestId"])] = str(event.get("type"))
        if str(request["url"]).startswith("http"):
            self.under_way.add(str(event["requestId"]))
            self.traffic.addresses.append(str(request["url"]))

    def on_headers_sent(self, event: dict[str, object]) -> None:
        headers = event["headers"]
        assert isinstance(headers, dict)
        self.traffic.sent += sum(len(name) + len(str(value)) + 4 for name, value in headers.items())
        length = {str(name).lower(): value for name, value in headers.items()}.get("content-length", 0)
        self.traffic.sent += int(str(length))

    def on_finished(self, event: dict[str, object]) -> None:
        size = int(float(str(event["encodedDataLength"])))
        self.under_way.discard(str(event["requestId"]))
        self.traffic.received += size
        if self.kinds.get(str(event["requestId"])) == "Script":
            self.traffic.scripts += size

    @contextmanager
    def measured(self) -> Iterator[Traffic]:
        """The traffic of what happens inside, to the last byte of what the page asked for by itself."""
        self.traffic = Traffic()
        yield self.traffic
        self.page.wait_for_load_state("load")
        quiet = 0
        while quiet < 2:
            self.page.wait_for_timeout(40)
            quiet = 0 if self.under_way else quiet + 1

    def opens(self, path: str) -> Traffic:
        """A first visit: nothing of the site is in the phone's memory."""
        self.wire.send("Network.clearBrowserCache")
        with self.measured() as traffic:
            self.page.goto(path)
        return traffic

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.tap()

    def go(self, what: Locator) -> None:
        """A tap that leads to another page."""
        with self.page.expect_navigation(wait_until="load"):
            self.tap(what)

    def button(self, words: str) -> Locator:
        return self.page.get_by_role("button", name=words, exact=True)

    def link(self, words: str) -> Locator:
        return self.page.get_by_role("link", name=words, exact=True)

    def type(self, label: str, words: str) -> None:
        """Touch a field and type."""
        self.typed += 1
        field_ = self.page.get_by_label(label, exact=True)
        self.tap(field_)
        field_.fill(words)

    def sees(self, *words: str) -> None:
        text = " ".join(self.page.locator("body").inner_text().split())
        missing = [word for word in words if word not in text]
        assert not missing, f"{missing} not on {self.page.url}:\n{text[:2000]}"

    def inspect(self, name: str, *, with_axe: bool = False) -> None:
        """The page as it stands: nothing wider than the narrowest phone, no complaint in the console. axe has seen every template
        in test_accessible; here it is asked about what cannot be opened there."""
        self.picture(name)
        violations = Axe().run(self.page).response["violations"] if with_axe else []
        told = [(fault["id"], [node["target"] for node in fault["nodes"]][:3]) for fault in violations]
        assert not told, f"{name} ({self.page.url}): {told}"
        self.page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
        width = self.page.evaluate("document.scrollingElement.scrollWidth")
        assert width <= NARROWEST["width"], f"{name} is {width} px wide on a phone of {NARROWEST['width']} px"
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert self.complaints == [], f"{name}: {self.complaints}"

    def picture(self, name: str) -> None:
        """Screenshots at 360 and 1280 px, when somebody wants to look (PASAR_TEST_SCREENSHOTS names the folder)."""
        if not PICTURES:
            return
        folder = Path(PICTURES)
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}-360.png", full_page=True)
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        self.page.screenshot(path=folder / f"{name}-1280.png", full_page=True)
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
