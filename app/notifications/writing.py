"""Write a message out: its template, its facts and its link become a subject and a plain text.

Templates lie in `templates/<event>/<audience>.txt`: the subject on the first line, the text after an empty one. Plain
text, so nothing is escaped; a fact that a template needs and a message lacks is a fault, never an empty word.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.config import settings
from app.kit import money
from app.notifications.models import Message
from app.orders import queries as orders
from app.reference import regency

FOLDER = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True)
class Letter:
    """What a person reads. `path` is the page it is about, without the host; the text holds the whole address."""

    subject: str
    text: str
    path: str | None


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text, never HTML
        keep_trailing_newline=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["rupiah"] = money.rupiah
    return made


TEMPLATES = environment()


def known() -> list[str]:
    """Every template there is, as `event/audience`."""
    return sorted(name.removesuffix(".txt") for name in TEMPLATES.list_templates(extensions=["txt"]))


def letter(message: Message) -> Letter:
    """The message as it reads now: names and amounts are those of the moment it was made, the link is derived anew."""
    path = path_of(message)
    own = regency.current()
    written = TEMPLATES.get_template(f"{message.template}.txt").render(
        **message.facts,
        name=message.recipient_name,
        link=f"{settings().base_url.rstrip('/')}{path}" if path else None,
        office=own.office_short_name,
    )
    subject, _, text = written.strip().partition("\n")
    return Letter(subject.strip(), text.strip(), path)


def path_of(message: Message) -> str | None:
    """The page a message leads to. The key of an order's page is derived from the checkout, so it is stored nowhere."""
    if message.order_group_id is not None and message.link_path:
        return f"{message.link_path}?kunci={orders.key_of(message.order_group_id)}"
    return message.link_path
