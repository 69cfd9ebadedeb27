"""Somebody without a mouse, in a browser that runs no script: Tab, arrows, Enter, the space bar and letters, nothing else.

What has the focus is read where a screen reader reads it, in the browser's accessibility tree, so a thing without a name or
with the wrong role cannot be found here either. At every stop the focus must be seen: in the window, uncovered, marked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.journeys import phone

SKIP = "Langsung ke isi"
MOST_STOPS = 150
NOWHERE = ("RootWebArea", "none", "generic")
"""What has the focus before the first key: the page itself."""
SEEN = """function () {
  const box = this.getBoundingClientRect();
  const within = (place, most) => Math.min(Math.max(place, 0), most - 1);
  const found = document.elementFromPoint(
    within(box.left + box.width / 2, innerWidth), within(box.top + box.height / 2, innerHeight));
  const own = (thing) => thing && (thing === this || this.contains(thing) || thing.contains(this));
  const outlined = (thing) => ["", "::after"].some((part) => {
    const style = getComputedStyle(thing, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const around = [...(this.labels || [])];
  for (let thing = this; thing !== document.body; thing = thing.parentElement) around.push(thing);
  return {
    inside: box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    covered: !(own(found) || [...(this.labels || [])].some((label) => label.contains(found))),
    marked: around.some(outlined),
  };
}"""


@dataclass(frozen=True)
class Stop:
    """Where the keyboard stands: what a screen reader says of it."""

    role: str
    name: str
    description: str
    checked: str
    expanded: bool
    required: bool
    invalid: bool


class Keyboard:
    """One person's browser. `presses` counts every key, `stops` the places Tab led to since the page was opened."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.context = browser.new_context(
            base_url=base_url,
            viewport=phone.PHONE,  # type: ignore[arg-type]
            locale="id-ID",
            java_script_enabled=False,
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(90_000)
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self.hears(said.type, said.text))
        self.page.on(
            "filechooser", lambda _: None
        )  # from the start: the first one would otherwise be missed now and then
        self.reader = self.context.new_cdp_session(self.page)
        self.presses = 0
        self.stops = 0
        self.unseen: list[str] = []

    def hears(self, kind: str, said: str) -> None:
        """What the browser complains of. That a form was refused is its answer, not a fault."""
        if kind == "error" and "status of 422" not in said:
            self.complaints.append(said)

    def opens(self, path: str) -> None:
        """An address, typed."""
        self.page.goto(path)
        self.stops = 0

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def writes(self, words: str) -> None:
        self.presses += len(words)
        self.page.keyboard.type(words)

    def stands_on(self) -> Stop:
        """The thing with the focus, as the accessibility tree has it; it must be seen as well."""
        focused = self.reader.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]["objectId"]
        tree = self.reader.send("Accessibility.getPartialAXTree", {"objectId": focused, "fetchRelatives": False})
        (node,) = tree["nodes"]
        facts = {fact["name"]: fact["value"].get("value") for fact in node.get("properties", [])}
        stop = Stop(
            role=str(node.get("role", {}).get("value", "")),
            name=" ".join(str(node.get("name", {}).get("value", "")).split()),
            description=str(node.get("description", {}).get("value", "")),
            checked=str(facts.get("checked", "")),
            expanded=bool(facts.get("expanded", False)),
            required=bool(facts.get("required", False)),
            invalid=facts.get("invalid") == "true",
        )
        if stop.role not in NOWHERE:
            self.must_be_seen(stop, focused)
        return stop

    def must_be_seen(self, stop: Stop, focused: str) -> None:
        asked = {"objectId": focused, "functionDeclaration": SEEN, "returnByValue": True}
        seen: dict[str, Any] = self.reader.send("Runtime.callFunctionOn", asked)["result"]["value"]
        if not seen["inside"] or seen["covered"] or not seen["marked"]:
            self.unseen.append(f"{self.page.url}: {stop.role} {stop.name!r}: {seen}")
        assert stop.name, f"a {stop.role} without a name on {self.page.url}"

    def reaches(self, name: str, role: str, *, key: str = "Tab", over_the_frame: bool = True) -> Stop:
        """Go on with `key` until something of this role whose name begins so has the focus. The frame of the page is skipped
        over by its own link, unless what is sought stands in it."""
        return self.goes_on(
            lambda stop: stop.role == role and stop.name.startswith(name), f"{role} {name!r}", key, over_the_frame
        )

    def goes_on(self, found: Callable[[Stop], bool], what: str, key: str, over_the_frame: bool) -> Stop:
        passed: list[str] = []
        stop = self.stands_on()
        while not found(stop):
            assert len(passed) < MOST_STOPS, f"no {what} on {self.page.url}: {passed}"
            self.press(key)
            self.stops += 1
            stop = self.stands_on()
            passed.append(f"{stop.role} {stop.name}")
            if stop.name == SKIP and over_the_frame and not found(stop):
                self.press("Enter")
        return stop

    def leaves(self, key: str = "Enter") -> None:
        """A key that leads to another page."""
        with self.page.expect_navigation(wait_until="load"):
            self.press(key)
        self.stops = 0
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"

    def follows(self, name: str, *, key: str = "Tab", over_the_frame: bool = True) -> int:
        """Along a link. Returns how many stops it was away."""
        self.reaches(name, "link", key=key, over_the_frame=over_the_frame)
        away = self.stops
        self.leaves()
        return away

    def pushes(self, name: str) -> int:
        """A button that leads on. Returns how many stops it was away."""
        self.reaches(name, "button")
        away = self.stops
        self.leaves("Space")
        return away

    def fills_in(self, name: str, words: str, *, role: str = "textbox", key: str = "Tab") -> Stop:
        stop = self.reaches(name, role, key=key, over_the_frame=role != "searchbox")
        self.press("Control+a")
        self.writes(words)
        return stop

    def selects(self, name: str, option: str) -> None:
        """The letters of an option choose it in a closed list."""
        self.reaches(name, "combobox")
        self.writes(option)

    def ticks(self, name: str) -> None:
        assert self.reaches(name, "checkbox").checked == "false"
        self.press("Space")
        assert self.stands_on().checked == "true"

    def picks(self, name: str) -> None:
        """One of a group: Tab leads into the group, the arrows move in it."""
        stop = self.goes_on(lambda stop: stop.role == "radio", "radio", "Tab", over_the_frame=True)
        passed: list[str] = []
        while not stop.name.startswith(name):
            assert stop.name not in passed, f"no choice {name!r} on {self.page.url}: {passed}"
            passed.append(stop.name)
            self.press("ArrowDown")
            stop = self.stands_on()
        if stop.checked != "true":
            self.press("Space")
        assert self.stands_on().checked == "true"

    def unfolds(self, name: str) -> None:
        stop = self.reaches(name, "DisclosureTriangle")
        assert not stop.expanded
        self.press("Enter")
        assert self.stands_on().expanded

    def hands_in(self, name: str, file: Path) -> None:
        """A file: the space bar opens the phone's own window, which is not ours to test."""
        self.reaches(name, "button")
        with self.page.expect_file_chooser() as chooser:
            self.press("Space")
        chooser.value.set_files(file)

    @property
    def text(self) -> str:
        return " ".join(self.page.locator("body").inner_text().split())

    def sees(self, *words: str) -> None:
        missing = [word for word in words if word not in self.text]
        assert not missing, f"{missing} not on {self.page.url}:\n{self.text[:2000]}"
