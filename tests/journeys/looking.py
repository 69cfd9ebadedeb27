"""A page looked at as it stands in Chromium: by axe, by rulers, and by what the browser itself complained of.

Everything runs in a world of its own beside the page, as a screen reader or an extension does: the page's Content-Security-Policy
stays in force, and nothing of ours can be seen by the page. `without_policy` loads the same page again with the policy bypassed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page

from tests.journeys import phone

DESKTOP = {"width": 1280, "height": 900}
ZOOMED = {"width": 640, "height": 450}
"""What is left of a desktop at 200 %."""
REFUSED = ("status of 404", "status of 409", "status of 422")
"""What the browser says in its console of an answer that is a refusal: no fault of the page."""

AXE = """axe.run({preload: false, resultTypes: ["violations"], rules: {"target-size": {enabled: true}}})
  .then((told) => told.violations.map(
  (one) => one.id + " " + one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")))"""

RULERS = """
function rulers(main_control) {
  const told = [];
  const words = (thing) => (thing.innerText || thing.getAttribute("aria-label") || thing.name || thing.tagName).trim().slice(0, 40);
  const wide = document.scrollingElement.scrollWidth;
  if (wide > innerWidth) {
    const inside = (one) => !one.parentElement.closest(".sheet-frame, .tabs, .crumbs");
    const widest = [...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && inside(one));
    told.push(`${wide} px wide in ${innerWidth}: ${widest.slice(-2).map((one) => `${one.tagName}.${one.className}`)}`);
  }
  // what is clipped away on purpose is there to be heard
  const visible = (thing) => thing.checkVisibility({visibilityProperty: true, opacityProperty: true})
    && !thing.closest("[aria-hidden=true]") && getComputedStyle(thing).clipPath === "none";
  // a sheet scrolls in its frame under heads and totals that stay
  const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((thing) => visible(thing) && !thing.closest(".sheet-frame"));
  // the lines of a name beyond the third are not drawn on a card
  const drawn = (box, frame) => box.width > 1 && box.height > 1 && !(frame && box.top >= frame.getBoundingClientRect().bottom - 1);
  const boxes = controls.map((thing) => [...thing.getClientRects()].filter((box) => drawn(box, thing.closest(".goods-name"))));
  controls.forEach((thing, at) => {
    for (let next = at + 1; next < controls.length; next++) {
      const other = controls[next];
      if (thing.contains(other) || other.contains(thing)) continue;
      const meet = boxes[at].some((a) => boxes[next].some((b) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2));
      if (meet) told.push(`${words(thing)} overlaps ${words(other)}`);
    }
  });
  for (const thing of document.querySelectorAll("h1, h2, h3, p, li, td, th, dt, dd, label, legend, a, button, summary, span, b")) {
    const style = getComputedStyle(thing);
    const hides = !["visible", "auto", "scroll"].includes(style.overflowX) && style.textOverflow !== "ellipsis";
    if (hides && visible(thing) && thing.scrollWidth > thing.clientWidth + 1) told.push(`${words(thing)} is cut off`);
  }
  if (main_control) for (const thing of document.querySelectorAll(main_control)) {
    const box = thing.getBoundingClientRect();
    if (visible(thing) && box.height < 43.5) told.push(`${words(thing)} is ${box.height.toFixed(0)} px high`);
  }
  for (const thing of document.querySelectorAll("[aria-describedby], [aria-labelledby]")) {
    const ids = `${thing.getAttribute("aria-describedby") || ""} ${thing.getAttribute("aria-labelledby") || ""}`;
    for (const id of ids.split(/\\s+/).filter(Boolean))
      if (!document.getElementById(id)?.textContent.trim()) told.push(`${words(thing)} is described by nothing: ${id}`);
  }
  for (const thing of document.querySelectorAll("[aria-invalid=true]"))
    if (!thing.getAttribute("aria-describedby")) told.push(`${words(thing)} is wrong, and nothing says why`);
  for (const link of document.querySelectorAll("a[href^='#']:not([href*='/'])"))
    if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) told.push(`${link.hash} leads nowhere`);
  return told;
}
"""

INSIDE = ("button", "input", "choice", "tick", "chip")
MAIN_CONTROLS = ", ".join(f"main .{name}" for name in INSIDE) + (
    ", main summary, .bar a, .bar button, .bar summary, .tabs a"
)


class Looker:
    """Looks at what a page shows now; `complaints` gathers what the browser said since `heard` was last called."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wire = page.context.new_cdp_session(page)
        self.complaints: list[str] = []
        page.on("console", self.hears)
        page.on("pageerror", lambda fault: self.complaints.append(str(fault)))

    def hears(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and not any(refusal in said.text for refusal in REFUSED):
            self.complaints.append(said.text)

    def heard(self) -> list[str]:
        told, self.complaints = self.complaints, []
        return [f"console: {words}" for words in told]

    def world(self) -> int:
        """A world beside the page's own, with the tools of this module in it."""
        frame = self.wire.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        made = self.wire.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "pasar-test"})
        world = int(made["executionContextId"])
        self.run(world, AXE_SCRIPT + RULERS + "; 0")
        return world

    def run(self, world: int, script: str) -> Any:
        asked = {"expression": script, "contextId": world, "awaitPromise": True, "returnByValue": True}
        answer = self.wire.send("Runtime.evaluate", asked)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def measure(self, world: int, size: dict[str, int], *, main_controls: str = "") -> list[str]:
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        return [f"at {size['width']} px: {told}" for told in self.run(world, f"rulers({json.dumps(main_controls)})")]

    def letters(self, times: int) -> None:
        """The size of letters somebody chose for all pages in the settings of the browser."""
        self.wire.send("Page.setFontSizes", {"fontSizes": {"standard": 16 * times, "fixed": 13 * times}})

    def as_it_is(self, *, with_axe: bool = True) -> list[str]:
        """With the policy in force: on the narrowest phone, with letters twice as large, on a desktop, at 200 %."""
        world = self.world()
        told = self.measure(world, phone.NARROWEST, main_controls=MAIN_CONTROLS)
        told += [f"axe: {violation}" for violation in self.run(world, AXE)] if with_axe else []
        self.letters(2)
        told += [f"large letters, {fault}" for fault in self.measure(world, phone.PHONE)]
        self.letters(1)
        told += self.measure(world, DESKTOP)
        told += self.measure(world, ZOOMED)
        self.page.set_viewport_size(phone.NARROWEST)  # type: ignore[arg-type]
        return told + self.heard()

    def as_without_policy(self) -> list[str]:
        """The same page with its policy bypassed, on a desktop. Where `as_it_is` heard of nothing that the policy stopped, both are
        one page; axe is asked once a template all the same."""
        with self.without_policy():
            self.page.reload()
            told = [f"axe without policy: {violation}" for violation in self.run(self.world(), AXE)]
        return told + self.heard()

    @contextmanager
    def without_policy(self) -> Iterator[None]:
        self.wire.send("Page.setBypassCSP", {"enabled": True})
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        yield
        self.wire.send("Page.setBypassCSP", {"enabled": False})
        self.page.set_viewport_size(phone.NARROWEST)  # type: ignore[arg-type]
