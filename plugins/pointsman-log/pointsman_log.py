"""One JSON line per call, with the field names of OpenTelemetry's GenAI conventions.

No prompt, no answer, no key and no provider's message is ever written: only figures and names of what the
ledger records, field by field. Lines are
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
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import QueueListener
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from pointsman import (
    Attempt,
    ConfigError,
    Cost,
    Extension,
    Observer,
    Reservation,
    Settlement,
    Usage,
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
    development), the others are Pointsman's own. Provider, model and tokens are of the attempt that answered,
    or the last one; ``pointsman.attempts`` has every attempt. Times are seconds; money is exact decimal text.
    """
    answer, cost = settlement.answer, settlement.cost
    usage = answer.usage if answer else Usage()
    fields: dict[str, Any] = {
        "time": _time(reservation.at),
        "gen_ai.operation.name": reservation.operation,
        "gen_ai.provider.name": answer.provider if answer else reservation.provider,
        "gen_ai.request.model": answer.model if answer else reservation.model,
        "gen_ai.response.model": answer.response_model if answer else "",
        "gen_ai.request.stream": reservation.stream,
        "gen_ai.usage.input_tokens": usage.input_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": usage.cache_read_input_tokens or None,
        "gen_ai.usage.cache_creation.input_tokens": usage.cache_creation_input_tokens or None,
        "gen_ai.usage.reasoning.output_tokens": usage.reasoning_output_tokens or None,
        "gen_ai.response.time_to_first_chunk": settlement.first_token,
        "gen_ai.client.operation.duration": settlement.duration,
        "error.type": settlement.error,
        "pointsman.call.id": reservation.id,
        "pointsman.state": settlement.state.value,
        "pointsman.task": reservation.task,
        "pointsman.category": reservation.category,
        "pointsman.tags": list(reservation.tags),
        "pointsman.key": reservation.key,
        "pointsman.user": reservation.user,
        "pointsman.strategy": reservation.strategy,
        "pointsman.catalog": reservation.catalog,
        "pointsman.cost.usd": _usd(cost),
        "pointsman.cost.source": cost.source,
        "pointsman.cost.estimated": cost.estimated,
        "pointsman.attempts": [attempt_fields(each) for each in settlement.attempts],
    }
    return _known(fields)


def attempt_fields(attempt: Attempt) -> dict[str, Any]:
    """What a line says of one attempt; what is unknown or empty is left out."""
    usage, cost = attempt.usage, attempt.cost
    fields: dict[str, Any] = {
        "provider": attempt.provider,
        "model": attempt.model,
        "state": attempt.state.value,
        "time": _time(attempt.at),
        "duration": attempt.duration,
        "first_token": attempt.first_token,
        "error": attempt.error,
        "key": attempt.key,
        "step": attempt.step,
        "maybe_billed": attempt.maybe_billed,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "usd": _usd(cost),
        "cost_source": cost.source,
    }
    return _known(fields)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _usd(cost: Cost) -> str | None:
    return None if cost.usd is None else format(cost.usd, "f")


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [])}


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
