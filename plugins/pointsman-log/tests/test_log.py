"""One line per call, and nothing private in it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pointsman_log
import pytest
from pointsman import (
    Attempt,
    AttemptState,
    CallState,
    ConfigError,
    Cost,
    Extension,
    Observer,
    Reservation,
    Settlement,
    Usage,
)
from pointsman_log import CallLog, LogConfig, call_fields, pointsman_observers

AT = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)
RESERVATION = Reservation(
    "call-1",
    AT,
    "first",
    "large",
    "summaries",
    tags=("team", "web"),
    key="k1",
    user="u1",
    strategy="cheapest",
)
FAILED = Attempt(
    "first", "large", AttemptState.FAILED, AT, 0.25, error="PM-SERVER", detail="a private word", key=1
)
ANSWERED = Attempt(
    provider="acme",
    model="large",
    state=AttemptState.ACCEPTED,
    at=AT + timedelta(milliseconds=250),
    duration=0.5,
    first_token=0.125,
    response_model="large-1",
    usage=Usage(100, 20, 30, 10, 0, 7),
    cost=Cost(Decimal("1E-7"), "list"),
)
SETTLEMENT = Settlement("call-1", CallState.SETTLED, (FAILED, ANSWERED), 0.75, 0.375)
LINE: dict[str, Any] = {
    "time": "2026-03-04T05:06:07.890+00:00",
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "acme",
    "gen_ai.request.model": "large",
    "gen_ai.response.model": "large-1",
    "gen_ai.request.stream": False,
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 20,
    "gen_ai.usage.cache_read.input_tokens": 30,
    "gen_ai.usage.cache_creation.input_tokens": 10,
    "gen_ai.usage.reasoning.output_tokens": 7,
    "gen_ai.response.time_to_first_chunk": 0.375,
    "gen_ai.client.operation.duration": 0.75,
    "pointsman.call.id": "call-1",
    "pointsman.state": "settled",
    "pointsman.task": "summaries",
    "pointsman.tags": ["team", "web"],
    "pointsman.key": "k1",
    "pointsman.user": "u1",
    "pointsman.strategy": "cheapest",
    "pointsman.cost.usd": "0.0000001",
    "pointsman.cost.source": "list",
    "pointsman.cost.estimated": False,
    "pointsman.attempts": [
        {
            "provider": "first",
            "model": "large",
            "state": "failed",
            "time": "2026-03-04T05:06:07.890+00:00",
            "duration": 0.25,
            "error": "PM-SERVER",
            "key": 1,
            "step": 0,
            "maybe_billed": False,
            "usd": "0",
            "cost_source": "unsent",
        },
        {
            "provider": "acme",
            "model": "large",
            "state": "accepted",
            "time": "2026-03-04T05:06:08.140+00:00",
            "duration": 0.5,
            "first_token": 0.125,
            "key": 0,
            "step": 0,
            "maybe_billed": False,
            "input_tokens": 100,
            "output_tokens": 20,
            "usd": "0.0000001",
            "cost_source": "list",
        },
    ],
}


def lines(path: Path) -> list[dict[str, Any]]:
    """The parsed lines of a log."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def until_taken(log: CallLog) -> None:
    """Wait for the writing thread to take every line it was handed; the test's own timeout bounds it."""
    while not log._lines.empty():
        time.sleep(0.001)


def test_every_call_is_a_line(tmp_path: Path) -> None:
    """Two calls are two lines, appended to what was there."""
    path = tmp_path / "calls.jsonl"
    for _ in range(2):
        log = CallLog(LogConfig(str(path)))
        log.observe(RESERVATION, SETTLEMENT)
        log.close()

    assert lines(path) == [LINE, LINE]


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """The file is 0600, and creating the observer alone creates nothing."""
    path = tmp_path / "calls.jsonl"
    log = CallLog(LogConfig(str(path)))
    before = path.exists()
    log.observe(RESERVATION, SETTLEMENT)
    log.close()

    assert (before, path.stat().st_mode & 0o777) == (False, 0o600)


def test_unknown_is_left_out() -> None:
    """None, an empty name and a cost nobody knows have no field; an error has its code."""
    attempt = attrs.evolve(FAILED, cost=Cost(None, "unknown"))
    failed = Settlement("call-1", CallState.FAILED, (attempt,), 0.25, error="PM-SERVER")
    expected = {name: value for name, value in LINE.items() if not name.startswith("gen_ai.usage")}
    for name in ("gen_ai.response.model", "gen_ai.response.time_to_first_chunk", "pointsman.cost.usd"):
        del expected[name]
    (line, _) = LINE["pointsman.attempts"]
    expected |= {
        "error.type": "PM-SERVER",
        "gen_ai.provider.name": "first",
        "gen_ai.client.operation.duration": 0.25,
        "pointsman.state": "failed",
        "pointsman.cost.source": "unknown",
        "pointsman.attempts": [
            {name: value for name, value in line.items() if name != "usd"} | {"cost_source": "unknown"}
        ],
    }

    assert call_fields(RESERVATION, failed) == expected


def test_a_call_that_was_never_sent() -> None:
    """It stands under its first choice, with no attempts."""
    line = call_fields(RESERVATION, Settlement("call-1", CallState.CANCELLED, (), 0.0))

    assert (line["gen_ai.provider.name"], line["pointsman.state"]) == ("first", "cancelled")
    assert "pointsman.attempts" not in line


def test_a_providers_message_stays_out() -> None:
    """It may quote a prompt."""
    assert "private" not in json.dumps(call_fields(RESERVATION, SETTLEMENT))


def test_a_label_cannot_forge_a_line(tmp_path: Path) -> None:
    """A line break in a label stays inside its line."""
    path = tmp_path / "calls.jsonl"
    log = CallLog(LogConfig(str(path)))
    log.observe(attrs.evolve(RESERVATION, tags=['x"}\n{"forged": 1}\u2028\ud800']), SETTLEMENT)
    log.close()

    assert path.read_bytes().count(b"\n") == 1


def test_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A dash writes to standard error."""
    log = CallLog(LogConfig("-"))
    log.observe(RESERVATION, SETTLEMENT)
    log.close()

    assert json.loads(capsys.readouterr().err) == LINE


def test_applications_get_the_lines_through_logging(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The logger has the line at the level configured, and only when it wants that level."""
    with caplog.at_level(logging.INFO, pointsman_log.LOGGER):
        for level in ("debug", "INFO", "warning"):
            log = CallLog(LogConfig(str(tmp_path / "calls.jsonl"), level))
            log.observe(RESERVATION, SETTLEMENT)
            log.close()

    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]
    assert json.loads(caplog.records[0].message) == LINE


def test_a_stalled_log_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the file blocks, observing returns; what does not fit is counted in the next line that does."""
    path = tmp_path / "calls.jsonl"
    monkeypatch.setattr(pointsman_log, "_BACKLOG", 2)
    log = CallLog(LogConfig(str(path)))
    log.observe(RESERVATION, SETTLEMENT)
    until_taken(log)
    assert log._handler is not None
    log._handler.acquire()
    log.observe(RESERVATION, SETTLEMENT)
    until_taken(log)
    for _ in range(10):
        log.observe(RESERVATION, SETTLEMENT)
    log._handler.release()
    until_taken(log)
    log.observe(RESERVATION, SETTLEMENT)
    log.close()

    assert lines(path) == [LINE] * 4 + [{**LINE, "pointsman.log.dropped": 8}]


def test_a_file_that_cannot_be_opened_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The call goes on, and standard error says why there is no log."""
    log = CallLog(LogConfig(str(tmp_path / "missing" / "calls.jsonl")))
    log.observe(RESERVATION, SETTLEMENT)
    log.close()

    assert "FileNotFoundError" in capsys.readouterr().err


def test_the_last_lines_are_written_at_exit(tmp_path: Path) -> None:
    """A process that just ends loses no line."""
    path = tmp_path / "calls.jsonl"
    folders = [str(Path(__file__).parent), str(Path(pointsman_log.__file__).parent)]
    script = (
        f"import sys; sys.path[:0] = {folders!r}\n"
        "import test_log as t\n"
        f"log = t.CallLog(t.LogConfig({str(path)!r}))\n"
        "for _ in range(100): log.observe(t.RESERVATION, t.SETTLEMENT)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)

    assert len(lines(path)) == 100


def test_an_unknown_level_is_a_config_error() -> None:
    """It names the setting."""
    with pytest.raises(ConfigError, match=r"observers\.log\.level: 'LOUD'"):
        CallLog(LogConfig("-", "LOUD"))


def test_it_is_an_observer() -> None:
    """Registered under its name; off until a path is given, as the path has no default."""
    (extension,) = pointsman_observers()
    (path,) = [field for field in attrs.fields(LogConfig) if field.name == "path"]

    assert extension == Extension("log", CallLog, LogConfig, extension.summary)
    assert (isinstance(CallLog(LogConfig("-")), Observer), path.default) == (True, attrs.NOTHING)
