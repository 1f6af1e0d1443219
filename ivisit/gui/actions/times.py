"""Times of the store as people read them here."""

from __future__ import annotations

from datetime import datetime


def local_time(text: str) -> str:
    """Return an ISO 8601 time with zone as local time with the name of the zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is None:
        return text[:16].replace("T", " ")
    local = moment.astimezone()
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
