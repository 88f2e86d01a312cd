"""What the log leaves out."""

from __future__ import annotations

import logging


def without_trace(record: logging.LogRecord) -> bool:
    """Keeps the line about a request for a foreign ``Host``, and drops its trace: it is no fault of ours."""
    record.exc_info = record.exc_text = None
    return True
