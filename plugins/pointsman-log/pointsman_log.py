"""One JSON line per call, with the field names of OpenTelemetry's GenAI conventions.

No prompt, no answer and no key is ever written: only what the ledger records, field by field. Lines are
written by a thread, so a slow disk or a full pipe never holds up a call; when it lags too far behind, lines
are dropped and the next one says how many.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import queue
import sys
from collections.abc import Iterable
from datetime import UTC
from io import TextIOWrapper
from logging.handlers import QueueListener
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from pointsman import (
    ConfigError,
    Extension,
    Observer,
    Reservation,
    Settlement,
    hookimpl,
    setting,
)

LOGGER: Final = "pointsman.calls"
_BACKLOG: Final = 10_000  # lines that may wait to be written; about ten megabytes


@frozen
class LogConfig:
    """Table ``[observers.log]``; the extension is off until `path` is given.

    Attributes:
        path: File to append to (created with mode 0600), or ``-`` for standard error.
        level: Name of the logging level the lines have.
    """

    path: str = setting("POINTSMAN_LOG_CALLS")
    level: str = setting("POINTSMAN_LOG_CALLS_LEVEL", default="INFO")


class CallLog:
    """An observer that writes one line per call to its file, and to the logger ``pointsman.calls``.

    The logger gets a line only where the application has set one up that wants it.

    Raises:
        ConfigError: The level is no logging level.
    """

    def __init__(self, config: LogConfig) -> None:
        levels = logging.getLevelNamesMapping()
        if config.level.upper() not in levels:
            raise ConfigError([f"observers.log.level: {config.level!r} is none of {', '.join(levels)}"])
        self._level = levels[config.level.upper()]
        self._path = config.path
        self._logger = logging.getLogger(LOGGER)
        self._lines: queue.Queue[logging.LogRecord] = queue.Queue(_BACKLOG)
        self._listener: QueueListener | None = None
        self._handler: logging.Handler | None = None
        self._dropped = 0

    def observe(self, reservation: Reservation, settlement: Settlement) -> None:
        """Hand one line to the writing thread."""
        if self._listener is None:
            self._start()
        fields = call_fields(reservation, settlement)
        if self._dropped:
            fields["pointsman.log.dropped"] = self._dropped
        line = json.dumps(fields, ensure_ascii=False)
        record = self._logger.makeRecord(LOGGER, self._level, "", 0, line, (), None)
        try:
            self._lines.put_nowait(record)
            self._dropped = 0
        except queue.Full:
            self._dropped += 1
        if self._logger.isEnabledFor(self._level) and self._logger.hasHandlers():
            self._logger.handle(record)

    def close(self) -> None:
        """Write what waits and end the thread; happens by itself when the process exits."""
        listener, handler = self._listener, self._handler
        self._listener = self._handler = None
        if listener is not None and handler is not None:
            atexit.unregister(self.close)
            listener.stop()
            handler.close()

    def _start(self) -> None:
        handler = logging.StreamHandler(sys.stderr) if self._path == "-" else _PrivateFile(self._path)
        handler.setFormatter(logging.Formatter("%(message)s"))
        self._handler = handler
        self._listener = QueueListener(self._lines, handler)
        self._listener.start()
        atexit.register(self.close)


def call_fields(reservation: Reservation, settlement: Settlement) -> dict[str, Any]:
    """The fields of one line; what is unknown or empty is left out.

    Names beginning with ``gen_ai.`` and ``error.`` are OpenTelemetry's (semantic-conventions-genai, status
    development), the others are Pointsman's own. Times are seconds; money is exact decimal text.
    """
    usage, cost = settlement.usage, settlement.cost
    fields: dict[str, Any] = {
        "time": reservation.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "gen_ai.operation.name": reservation.operation,
        "gen_ai.provider.name": settlement.provider or reservation.provider,
        "gen_ai.request.model": settlement.model or reservation.model,
        "gen_ai.response.model": settlement.response_model,
        "gen_ai.request.stream": reservation.stream,
        "gen_ai.usage.input_tokens": usage.input_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": usage.cache_read_input_tokens or None,
        "gen_ai.usage.cache_creation.input_tokens": usage.cache_creation_input_tokens or None,
        "gen_ai.usage.reasoning.output_tokens": usage.reasoning_output_tokens or None,
        "gen_ai.response.time_to_first_chunk": settlement.latency,
        "gen_ai.client.operation.duration": settlement.duration,
        "error.type": settlement.error,
        "pointsman.call.id": reservation.id,
        "pointsman.state": settlement.state.value,
        "pointsman.task": reservation.task,
        "pointsman.category": reservation.category,
        "pointsman.tag": reservation.tag,
        "pointsman.attempts": len(settlement.attempts),
        "pointsman.cost.usd": None if cost.usd is None else format(cost.usd, "f"),
        "pointsman.cost.source": cost.source,
        "pointsman.cost.estimated": cost.estimated,
    }
    return {name: value for name, value in fields.items() if value is not None and value != ""}


class _PrivateFile(logging.FileHandler):
    """Appends to a file that only its owner can read; one that cannot be opened is reported, not raised."""

    def __init__(self, path: str) -> None:
        super().__init__(Path(path).expanduser(), encoding="utf-8", delay=True)

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:
            self.handleError(record)


@hookimpl
def pointsman_observers() -> Iterable[Extension[Observer]]:
    """One line per call."""
    yield Extension("log", CallLog, config=LogConfig, summary="One JSON line per call, no text of it.")
