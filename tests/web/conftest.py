"""The market of the pages' tests, for tests over all pages at once."""

from __future__ import annotations

from tests.web.pages.conftest import market as market
