"""The market of the pages' tests, and two people in it, for tests over all pages at once."""

from __future__ import annotations

import pytest

from tests.web import everything
from tests.web.everything import Village
from tests.web.pages.conftest import Market
from tests.web.pages.conftest import market as market


@pytest.fixture(scope="module")
def village(market: Market) -> Village:
    return everything.village_of(market)
