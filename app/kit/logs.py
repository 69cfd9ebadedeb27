"""What the product logs: what happened, never about whom.

Every value of every log line, however deep, and every traceback passes the scrubber. Tracebacks carry no local variables:
those hold addresses and numbers more often than not.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

HIDDEN = "[disembunyikan]"
DEEPEST = 8

SECRET_NAMES = re.compile(
    r"nik|nib|npwp|phone|hp|telepon|whatsapp|wa_|email|e_mail|password|sandi|secret|token|kunci|key$|cookie|authorization"
    r"|turnover|omzet|capital|modal|address|alamat|contact|name$|nama$|account_number|rekening|holder|birth|lahir|body|payload",
    re.IGNORECASE,
)
HARMLESS_NAMES = frozenset(
    {"logger_name", "exc_name", "event_name", "job_name", "file_name", "filename", "module_name"}
)

PATTERNS = (
    (re.compile(r"(?<!\d)(?:\d[ .\-]?){15}\d(?!\d)"), "[16 angka]"),
    (re.compile(r"(?<![\w+])(?:\+?62|0)[ \-]?8(?:[ \-]?\d){7,11}(?!\d)"), "[nomor HP]"),
    (re.compile(r"[\w.+\-]+@[\w\-]+\.[\w.\-]+"), "[e-mail]"),
    (re.compile(r"(?i)(kunci|key|token|sandi|password)=([^\s&\"']+)"), r"\1=" + HIDDEN),
    (re.compile(r"(?i)bearer\s+[\w.\-]+"), "Bearer " + HIDDEN),
)


SUSPICIOUS = re.compile(r"(?:\d[ .\-]?){9}|[@=]|bearer\s", re.IGNORECASE)
"""Whatever a pattern finds has this in it: nearly no word of a log line does, and each line has a dozen."""


def scrub_text(text: str) -> str:
    """The text without citizen numbers, phone numbers, e-mail addresses and keys."""
    if SUSPICIOUS.search(text) is None:
        return text
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def scrub(value: object, *, depth: int = 0) -> object:
    """The value with everything personal replaced, through mappings and sequences to eight levels; deeper is dropped whole."""
    if depth > DEEPEST:
        return HIDDEN
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, bytes):
        return HIDDEN
    if isinstance(value, Mapping):
        return {
            scrub_text(str(name)): HIDDEN
            if is_secret(str(name)) and inner is not None
            else scrub(inner, depth=depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [scrub(inner, depth=depth + 1) for inner in value]
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**14 else HIDDEN
    return scrub_text(str(value))


@lru_cache(maxsize=256)
def is_secret(name: str) -> bool:
    return name not in HARMLESS_NAMES and SECRET_NAMES.search(name) is not None


def scrub_event(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The last processor before rendering: nothing after it adds anything."""
    cleaned = scrub(dict(event))
    assert isinstance(cleaned, dict)  # noqa: S101 - a mapping goes in
    return cleaned


def processors(*, json: bool) -> list[Any]:
    # the console renderer writes a traceback as text, the JSON one as data
    of_json = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False, max_frames=20))
    trace = of_json if json else structlog.processors.format_exc_info
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        trace,
        scrub_event,
        structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer(colors=False),
    ]


class ScrubbingFormatter(structlog.stdlib.ProcessorFormatter):
    """Lines of other libraries go the same way as ours."""


def configure(*, json: bool) -> None:
    """Send everything this process logs to standard error, scrubbed; JSON in production, readable lines elsewhere."""
    steps = processors(json=json)
    structlog.configure(
        processors=[*steps[:-1], structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ScrubbingFormatter(
            foreign_pre_chain=steps[:-1],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, steps[-1]],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # the access log is ours (web/guards): uvicorn's would print addresses with their queries
    for name in ("uvicorn.access", "httpx", "httpcore", "stripe"):
        logging.getLogger(name).setLevel(logging.WARNING)
