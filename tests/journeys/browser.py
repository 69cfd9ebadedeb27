"""A browser without JavaScript: follows links, fills in forms, keeps cookies. Nothing more, like a very old phone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class FormOnPage:
    action: str
    method: str
    multipart: bool
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    identity: str = ""


class Reader(HTMLParser):
    """Collects forms, links, headings and the visible text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FormOnPage] = []
        self.outside: dict[str, FormOnPage] = {}
        self.links: list[Element] = []
        self.link: Element | None = None
        self.text: list[str] = []
        self.form: FormOnPage | None = None
        self.select: str | None = None
        self.option: str | None = None
        self.textarea: str | None = None
        self.hidden_depth = 0
        self.title = ""
        self.in_title = False

    def handle_starttag(self, tag: str, raw: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in raw}
        if tag in {"style", "script"}:
            self.hidden_depth += 1
        if tag == "title":
            self.in_title = True
        if tag == "a" and "href" in attributes:
            self.link = Element(tag, attributes)
            self.links.append(self.link)
        if tag == "form":
            self.form = FormOnPage(
                attributes.get("action", ""),
                attributes.get("method", "get").lower(),
                attributes.get("enctype") == "multipart/form-data",
                identity=attributes.get("id", ""),
            )
            self.forms.append(self.form)
        owner = next(
            (form for form in self.forms if form.identity and form.identity == attributes.get("form")), self.form
        )
        if owner is not None:
            self.control(owner, tag, attributes)

    def control(self, form: FormOnPage, tag: str, attributes: dict[str, str]) -> None:
        name, kind = attributes.get("name", ""), attributes.get("type", "text")
        if name:
            form.names.add(name)
        if kind == "hidden":
            form.hidden.add(name)
        if "disabled" in attributes:
            return
        if tag == "input" and name and kind == "file":
            form.files.add(name)
        elif tag == "input" and name and kind not in {"submit", "button", "image"}:
            if kind in {"radio", "checkbox"}:
                form.choices.setdefault(name, []).append(attributes.get("value", "on"))
                if "checked" in attributes:
                    form.values.setdefault(name, []).append(attributes.get("value", "on"))
            else:
                form.values.setdefault(name, []).append(attributes.get("value", ""))
        elif tag == "button" or (tag == "input" and kind == "submit"):
            if kind != "button":
                form.buttons.append((name, attributes.get("value", "")))
        elif tag == "textarea" and name:
            self.textarea = name
            form.values.setdefault(name, [""])
        elif tag == "select" and name:
            self.select = name
        elif tag == "option" and self.select:
            value = attributes.get("value", "")
            form.choices.setdefault(self.select, []).append(value)
            if "selected" in attributes:
                form.values[self.select] = [value]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "script"}:
            self.hidden_depth -= 1
        elif tag == "title":
            self.in_title = False
        elif tag == "form":
            self.form = None
        elif tag == "select" and self.select and self.form is not None:
            options = self.form.choices.get(self.select, [])
            if self.select not in self.form.values and options:
                self.form.values[self.select] = [options[0]]
            self.select = None
        elif tag == "textarea":
            self.textarea = None
        elif tag == "a":
            self.link = None

    def handle_data(self, data: str) -> None:
        if self.in_title:
            self.title += data
        if self.textarea and self.form is not None:
            self.form.values[self.textarea][0] += data.removeprefix("\n")
        elif not self.hidden_depth and data.strip():
            self.text.append(" ".join(data.split()))
        if self.link is not None and not self.hidden_depth:
            self.link.text += data


@dataclass
class Page:
    url: str
    status: int
    html: str
    reader: Reader
    headers: httpx.Headers

    @property
    def text(self) -> str:
        return " ".join(self.reader.text)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def form(self, action: str, holding: str = "", asking: Collection[str] = ()) -> FormOnPage:
        """The first form whose action's path is or ends with `action`; of several, the one that holds this hidden value, and in
        which one can type what is to be typed."""
        found = [form for form in self.reader.forms if urlsplit(urljoin(self.url, form.action)).path.endswith(action)]
        assert found, f"no form {action!r} on {self.url}: {[form.action for form in self.reader.forms]}"
        fitting = [form for form in found if not holding or any(holding in value for value in form.values.values())]
        assert fitting, f"no form {action!r} holding {holding!r} on {self.url}"
        return next((form for form in fitting if set(asking) <= form.names - form.hidden), fitting[0])

    def has_form(self, action: str) -> bool:
        return any(urlsplit(urljoin(self.url, form.action)).path.endswith(action) for form in self.reader.forms)

    def link(self, part: str) -> str:
        found = [link.attributes["href"] for link in self.reader.links if part in link.attributes["href"]]
        assert found, f"no link with {part!r} on {self.url}"
        return found[0]


class Browser:
    """One person's browser. `submit` fills a form of the page last seen, as a person would: unknown fields are a failure."""

    def __init__(self, base_url: str) -> None:
        self.client = httpx.Client(base_url=base_url, follow_redirects=True, timeout=120)
        self.page: Page

    def keep(self, response: httpx.Response) -> Page:
        reader = Reader()
        if "html" in response.headers.get("content-type", ""):
            reader.feed(response.text)
        self.page = Page(str(response.url), response.status_code, response.text, reader, response.headers)
        return self.page

    def get(self, path: str, *, expect: int = 200) -> Page:
        page = self.keep(self.client.get(path, headers={"Sec-Fetch-Site": "none"}))
        assert page.status == expect, f"GET {path}: {page.status}\n{page.text[:2000]}"
        return page

    def follow(self, part: str) -> Page:
        """Tap the first link of the page with this in its address."""
        return self.get(self.page.link(part))

    def download(self, part: str) -> bytes:
        """The file behind a link of the page; the page stays."""
        response = self.client.get(self.page.link(part))
        assert response.status_code == 200
        assert "attachment" in response.headers["content-disposition"]
        return response.content

    def submit(
        self,
        action: str,
        *,
        files: dict[str, Path] | None = None,
        press: tuple[str, str] | None = None,
        holding: str = "",
        expect: int = 200,
        **typed: str | list[str],
    ) -> Page:
        """`press` names the button; `typed` the fields changed. Hidden and untouched fields go along as they stand.

        What a person could not type or choose on that page fails the test: an unknown field, a choice that is not offered."""
        form = self.page.form(action, holding, typed)
        unknown = set(typed) - (form.names - form.hidden) | set(files or {}) - form.files
        assert not unknown, f"the form {form.action} has no field {unknown}; it has {form.names - form.hidden}"
        for name in typed.keys() & form.choices.keys():
            wanted = {typed[name]} if isinstance(typed[name], str) else set(typed[name])
            assert wanted <= set(form.choices[name]), f"{name} offers {form.choices[name]}, not {wanted}"
        values = {name: list(found) for name, found in form.values.items()}
        values |= {name: [value] if isinstance(value, str) else value for name, value in typed.items()}
        if press is not None:
            assert press in form.buttons, f"no button {press}: {form.buttons}"
            values[press[0]] = [press[1]]
        address = urljoin(self.page.url, form.action or self.page.url)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.page.url))
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": origin, "Referer": self.page.url}
        if form.method == "get":
            response = self.client.get(address, params=values, headers=headers)
        elif form.multipart:
            parts = [(name, (path.name, path.read_bytes())) for name, path in (files or {}).items()]
            response = self.client.post(address, data=values, files=parts or [("kosong", ("", b""))], headers=headers)
        else:
            response = self.client.post(address, data=values, headers=headers)
        page = self.keep(response)
        assert page.status == expect, f"{form.method.upper()} {address}: {page.status}\n{page.text[:3000]}"
        return page
