"""What a forwarded answer says of itself, read while its bytes pass: who answered, and what it used.

The bytes are the caller's and are neither held back nor changed. What cannot be read stays unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from pointsman.dialects import NAMES, Dialect, StreamReader, dialect, openai_chat
from pointsman.dialects.counts import UsageReader
from pointsman.dialects.usage import openai_usage
from pointsman.errors import ProviderError, ResponseError
from pointsman.providers.streamed import as_chunk
from pointsman.types import ChatChunk, ChatResponse, ReasoningDelta, TextDelta, ToolCallDelta, Usage
from pointsman.wire.fields import as_object
from pointsman.wire.lenient import Halves
from pointsman.wire.streams import DONE, Event, Reader

log = logging.getLogger("pointsman.providers")

_BLANK = b" \t\r\n\xef\xbb\xbf"


class ForwardedUsage:
    """Reads a forwarded answer, whole or as server-sent events: `feed` it every piece, then `end` it.

    It never raises. A dialect it does not know, or an answer it cannot read, leaves everything unknown.

    Attributes:
        model: Who answered, as the answer says; empty until it does.
        usage: Tokens as the answer states them; None until it does. A stream of the OpenAI dialect mostly
            does so only when the request asks for it.
        error: The error an answer of status 200 holds; None where there is none.
        finished: Whether the answer came to an end of its own; a stream that merely stops did not.
    """

    __slots__ = (
        "_dialect",
        "_halves",
        "_reader",
        "_stream",
        "_usage",
        "_whole",
        "_wrote",
        "error",
        "finished",
        "model",
        "usage",
    )

    def __init__(self, name: str, *, usage: UsageReader = openai_usage) -> None:
        """Read nothing yet.

        Args:
            name: The dialect of the `Forwarder`; see `pointsman.dialects.NAMES`.
            usage: Reads the usage object of ``openai-chat``, for providers that count in their own way.
        """
        self.model = ""
        self.usage: Usage | None = None
        self.error: ProviderError | None = None
        self.finished = False
        self._dialect = dialect(name) if name in NAMES else None
        self._usage = usage
        self._reader: StreamReader | None = None
        self._whole: list[bytes] = []
        self._stream: Reader | None = None
        self._halves = Halves()
        self._wrote: list[str] = []

    @property
    def readable(self) -> bool:
        """Whether what it says, or does not say, means anything."""
        return self._dialect is not None

    @property
    def text(self) -> str:
        """What the model wrote so far, thoughts and arguments included: to estimate unstated tokens by."""
        return "".join(self._wrote)

    def feed(self, piece: bytes) -> None:
        """Read the next piece of the body, cut anywhere."""
        self._guarded(self._feed, piece)

    def end(self) -> None:
        """Read what is left, now that the body is over."""
        self._guarded(self._end)

    def _guarded(self, step: Callable[..., None], *piece: object) -> None:
        if self._dialect is None:
            return
        try:
            step(*piece)
        except ResponseError:
            log.debug("a forwarded answer is none", exc_info=True)
        except ProviderError as error:
            self.error = self.error or error
        except Exception:  # whatever the bytes hold, they go on
            log.debug("a forwarded answer cannot be read", exc_info=True)
            self._dialect, self._whole = None, []

    def _feed(self, piece: bytes) -> None:
        if not self._whole and self._stream is None:
            piece = piece.lstrip(_BLANK)
            if not piece:
                return
            if piece[:1] != b"{":
                self._stream = Reader()
        if self._stream is None:
            self._whole.append(piece)
            return
        for event in self._stream.feed(piece):
            self._guarded(self._event, event)

    def _end(self) -> None:
        if self._stream is not None:
            for event in self._stream.end():
                self._guarded(self._event, event)
        elif self._whole:
            self._note(as_chunk(self._answer(as_object(self._halves.loads(b"".join(self._whole))))))
            self.finished = True

    def _answer(self, obj: Mapping[str, Any]) -> ChatResponse:
        if self._dialect is None:
            raise ResponseError("nobody reads this dialect")
        if self._dialect.NAME == openai_chat.NAME:
            return openai_chat.read_answer(obj, "", usage=self._usage)
        return self._dialect.read_answer(obj, "")

    def _event(self, event: Event) -> None:
        if event.data == DONE:
            self.finished = True
        elif event.data and self._dialect is not None:
            reader = self._reader or self._begin(self._dialect)
            obj = as_object(self._halves.loads(event.data))
            self._note(reader.read(obj) or ChatChunk())
            self.finished = self.finished or reader.finished
            if (error := self._dialect.read_error(obj)) is not None:
                raise error

    def _begin(self, speaker: Dialect) -> StreamReader:
        chat = speaker.NAME == openai_chat.NAME
        self._reader = openai_chat.ChatEvents(self._usage) if chat else speaker.stream_reader()
        return self._reader

    def _note(self, chunk: ChatChunk) -> None:
        self.model = self.model or chunk.model
        self.usage = chunk.usage or self.usage
        for delta in chunk.deltas:
            if isinstance(delta, TextDelta | ReasoningDelta):
                self._wrote.append(delta.text)
            elif isinstance(delta, ToolCallDelta):
                self._wrote.append(delta.arguments)
