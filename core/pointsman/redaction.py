"""Keeping keys out of logs, whoever logs them.

A logger's own filters do not see its children's records, but its handlers do, before any handler further up.
So `install` puts a handler that writes nothing in front of a tree's other handlers and masks every record in
place.
"""

from __future__ import annotations

import logging
from traceback import format_exception

from pointsman.types.secrets import redact

_ROOT = "pointsman"
_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({})))


class RedactingFilter(logging.Filter):
    """Masks secrets in a record: message, arguments, traceback, stack, and extra fields that are text.

    The traceback is kept as text and its exception dropped, so that no later handler formats it afresh.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask `record` in place; always lets it pass."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            # A wrong format string: the handler would report it with all of its arguments.
            message = f"{record.msg} {record.args!r}"
        record.msg, record.args = redact(message), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = "".join(format_exception(record.exc_info[1])).rstrip("\n")
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        for name, value in vars(record).items():
            if name not in _OWN_FIELDS and isinstance(value, str):
                setattr(record, name, redact(value))
        return True


class _Mask(logging.Handler):
    """Goes before all other handlers of a logger, and writes nothing itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addFilter(RedactingFilter())

    def emit(self, record: logging.LogRecord) -> None:
        """Leave the record to the others; where there are none, do what logging does without any handler."""
        if logging.lastResort and record.levelno >= logging.lastResort.level and not _is_handled(record.name):
            logging.lastResort.handle(record)


def install(logger: logging.Logger | None = None) -> None:
    """Mask every record of a logger and its descendants; doing it twice changes nothing.

    Args:
        logger: Root of the tree; None for Pointsman's own. A plugin's module has a tree of its own.
    """
    logger = logger or logging.getLogger(_ROOT)
    if not any(isinstance(handler, _Mask) for handler in logger.handlers):
        logger.handlers.insert(0, _Mask())


def _is_handled(name: str) -> bool:
    """Whether anything but a mask handles the records of a logger."""
    logger: logging.Logger | None = logging.getLogger(name)
    while logger is not None:
        if any(not isinstance(handler, _Mask) for handler in logger.handlers):
            return True
        logger = logger.parent if logger.propagate else None
    return False
