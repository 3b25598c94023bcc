"""Whatever is done in whatever order, the implementations say what the plainest model says."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman.state.file import StateFile
from pointsman.state.local import LocalConfig, LocalState
from pointsman.state.memory import Memory
from pointsman.types import Claim, Deadline, Refusal

from tests.state.model import Model

START = 1_800_000_000.0
BRIEF, LONG = ("brief-1", "brief-2"), ("long-1", "long-2")
NAMES = (*BRIEF, *LONG)
Operation = tuple[Any, ...]


def window(name: str, now: float) -> tuple[str, float]:
    """A counter of this minute or of this hour, and when it starts again; as limits make them."""
    seconds = 60.0 if name in BRIEF else 3600.0
    start = now // seconds * seconds
    return f"{name}:{start}", start + seconds + (0.0 if name in BRIEF else 300.0)


def lasting(name: str, seconds: float) -> float:
    """Brief deadlines last seconds, long ones half an hour more."""
    return seconds if name in BRIEF else seconds + 1800.0


names = st.sampled_from(NAMES)
owners = st.sampled_from(("me", "you"))
some = st.lists(names, max_size=4)
amounts = st.tuples(names, st.integers(0, 6), st.none() | st.integers(0, 10))
operations = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.sampled_from((0.5, 7.0, 50.0, 400.0, 4000.0))),
        st.tuples(st.just("extend"), names, st.floats(0, 100), st.floats(-50, 50), st.text(max_size=3)),
        st.tuples(st.just("clear"), some, st.floats(-300, 10)),
        st.tuples(st.just("add"), st.lists(amounts, max_size=4)),
        st.tuples(st.just("adjust"), st.lists(st.tuples(names, st.integers(-8, 8)), max_size=3)),
        st.tuples(st.just("lease"), names, owners, st.floats(1, 300)),
        st.tuples(st.just("release"), names, owners),
        st.tuples(st.just("keep"), names, st.binary(max_size=4), st.floats(1, 500)),
        st.tuples(st.just("reopen")),
    ),
    max_size=25,
)


class State(Protocol):
    """Whatever is compared with the model, without `async`."""

    async def do(self, operation: Operation, now: float) -> Any:
        """Do it."""
        ...

    async def look(self, names: Sequence[str], now: float) -> tuple[Any, ...]:
        """Deadlines, counters and bytes of these names."""
        ...


def prepared(operation: Operation, now: float) -> Operation:
    """With absolute times, and counters named after their windows."""
    match operation:
        case "extend", name, seconds, since, reason:
            return "extend", name, Deadline(now + lasting(name, seconds), now + since, reason)
        case "clear", which, ago:
            return "clear", which, now + ago
        case "add", claims:
            return "add", [_claim(name, amount, most, now) for name, amount, most in claims]
        case "adjust", claims:
            return "adjust", [_claim(name, amount, None, now) for name, amount in claims]
        case "keep", name, value, seconds:
            return "keep", name, value, now + seconds
    return operation


def _claim(name: str, amount: int, most: int | None, now: float) -> Claim:
    counter, expires = window(name, now)
    return Claim(counter, amount, most, expires)


def seen(model: Model) -> tuple[Any, ...]:
    """Everything the model says now."""
    counters = model.counters([window(name, model.now)[0] for name in NAMES])
    return model.deadlines(NAMES), +Counter(counters), [model.kept(name) for name in NAMES]


def forget_brief(model: Model) -> None:
    """What does not outlive a process."""
    for kept in (model.set, model.used):
        for name in [name for name in kept if name.startswith("brief")]:
            del kept[name]


async def compare(state: State, done: Sequence[Operation], *, survives: bool) -> None:
    """Do everything on both sides; every answer and every look must be the same."""
    model = Model()
    model.now = START
    for operation in done:
        if operation[0] == "wait":
            model.now += operation[1]
            continue
        method, *arguments = prepared(operation, model.now)
        if method == "reopen":
            if survives:
                await state.do(operation, model.now)
                forget_brief(model)
            continue
        expected = getattr(model, method)(*arguments)
        assert await state.do((method, *arguments), model.now) == expected, operation
        assert await state.look(NAMES, model.now) == seen(model), operation


class InMemory:
    """`Memory`, alone."""

    def __init__(self) -> None:
        self.memory = Memory()

    async def do(self, operation: Operation, now: float) -> Any:
        """Its methods take the time where they need it."""
        method, *arguments = operation
        if method == "lease":
            name, owner, seconds = arguments
            return self.memory.lease(name, owner, now + seconds, now)
        timed = [now] if method in {"add", "adjust"} else []
        result = getattr(self.memory, method)(*arguments, *timed)
        return result if method == "add" else None

    async def look(self, names: Sequence[str], now: float) -> tuple[Any, ...]:
        """Everything."""
        counters = self.memory.count([window(name, now)[0] for name in names], now)
        values = [self.memory.kept(name, now) for name in names]
        return dict(self.memory.find(names, now)), +Counter(counters), values


class OnDisk:
    """`StateFile`, alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = START
        self.file = StateFile(path, lambda: self.now)

    async def do(self, operation: Operation, now: float) -> Any:
        """Each in a transaction of its own."""
        self.now = now
        method, *arguments = operation
        if method == "reopen":
            self.file.close()
            self.file = StateFile(self.path, lambda: self.now)
            return None
        with self.file.transaction(writes=True):
            return self._do(method, arguments)

    def _do(self, method: str, arguments: list[Any]) -> Any:
        if method == "lease":
            name, owner, seconds = arguments
            return self.file.lease(name, owner, self.now + seconds, self.now)[0] == owner
        if method in {"add", "adjust"}:
            refusal, _ = self.file.add(arguments[0], self.now, limited=method == "add")
            return refusal
        if method == "extend":
            self.file.extend(dict([arguments]))
        elif method == "keep":
            name, value, until = arguments
            self.file.keep({name: (value, until)})
        else:
            getattr(self.file, method)(*arguments)
        return None

    async def look(self, names: Sequence[str], now: float) -> tuple[Any, ...]:
        """Everything that is not over."""
        with self.file.transaction(writes=False):
            memory = Memory(self.file.deadlines(), self.file.counters())
            values = [self.file.kept(name, now) for name in names]
        counters = memory.count([window(name, now)[0] for name in names], now)
        return dict(memory.find(names, now)), +Counter(counters), values


class Whole:
    """`LocalState`, with its file or without."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = START
        self.state = self._made()

    async def do(self, operation: Operation, now: float) -> Any:
        """By the port."""
        self.now = now
        method, *arguments = operation
        if method == "reopen":
            await self.state.close()
            self.state = self._made()
            await self.state.open()
            return None
        return await getattr(self.state, method)(*arguments)

    async def look(self, names: Sequence[str], now: float) -> tuple[Any, ...]:
        """By the port."""
        self.now = now
        counters = await self.state.counters(window(name, now)[0] for name in names)
        values = [await self.state.kept(name) for name in names]
        return dict(await self.state.deadlines(names)), +Counter(counters), values

    def _made(self) -> LocalState:
        return LocalState(LocalConfig(str(self.path), patience=60.0), lambda: self.now)


def within(check: Callable[[Path], Any]) -> None:
    """Run a check in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder) / "state.sqlite3"))


@given(operations)
@settings(deadline=None)
def test_the_memory_is_the_model(done: list[Operation]) -> None:
    """Plain dictionaries."""
    asyncio.run(compare(InMemory(), done, survives=False))


@given(operations)
@settings(deadline=None, max_examples=50)
def test_the_file_is_the_model(done: list[Operation]) -> None:
    """SQLite; opened again it is the same, brief things included."""

    async def check(path: Path) -> None:
        on_disk = OnDisk(path)
        await compare(on_disk, [each for each in done if each[0] != "reopen"], survives=False)
        on_disk.file.close()

    within(check)


@given(operations)
@settings(deadline=None, max_examples=50)
def test_the_default_is_the_model(done: list[Operation]) -> None:
    """Memory and file together; what lasts is there after a restart."""

    async def check(path: Path) -> None:
        whole = Whole(path)
        await whole.state.open()
        await compare(whole, done, survives=True)
        await whole.state.close()

    within(check)


@given(operations)
@settings(deadline=None)
def test_the_default_without_its_file_is_the_model(done: list[Operation]) -> None:
    """Not opened at all, it still decides."""
    asyncio.run(compare(Whole(Path("unused")), done, survives=False))


crowds = st.lists(
    st.tuples(st.lists(amounts, min_size=1, max_size=3), st.booleans(), st.booleans()), max_size=30
)


@given(crowds)
@settings(deadline=None, max_examples=50)
def test_a_crowd_is_counted_exactly(
    crowd: list[tuple[list[tuple[str, int, int | None]], bool, bool]],
) -> None:
    """Callers at once through two states, some of which leave: what was accepted stands, claim by claim."""

    async def check(path: Path) -> None:
        states = [LocalState(LocalConfig(str(path), patience=60.0), lambda: START) for _ in "ab"]
        for each in states:
            await each.open()
        asked = [
            [_claim(name, amount, most, START) for name, amount, most in claims if name in LONG]
            for claims, _, _ in crowd
        ]
        tasks = [
            asyncio.ensure_future(states[second].add(claims))
            for claims, (_, second, _) in zip(asked, crowd, strict=True)
        ]
        await asyncio.sleep(0)
        for task, (_, _, leaves) in zip(tasks, crowd, strict=True):
            if leaves:
                task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        for each in states:
            await each.close()
        expected: Counter[str] = Counter()
        for claims, end in zip(asked, ended, strict=True):
            assert end is None or isinstance(end, Refusal | asyncio.CancelledError)
            for claim in claims if end is None else ():
                expected[claim.name] += claim.amount

        assert +Counter(stored(path)) == +expected

    within(check)


def stored(path: Path) -> dict[str, int]:
    """What the file says that its counters stand at."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, used FROM counters").fetchall()
    connection.close()
    return {name: int(used) for name, used in rows}
