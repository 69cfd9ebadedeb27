"""Search through the API: what is shown is what is on sale at this moment."""

from __future__ import annotations

