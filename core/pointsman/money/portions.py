"""The tokens of one call, sorted into portions that are charged apart."""

from __future__ import annotations

from typing import NamedTuple

from pointsman.types.money import Usage

Portion = tuple[str, int | None]
"""A kind of token, and how many of it; None is unknown."""


class Portions(NamedTuple):
    """Disjoint parts of what a call used; together they are the whole input and the whole output.

    Attributes:
        input: Those of the prompt, in the order in which they fill it: a cache serves its beginning
            (``cache_read``, ``cache_read_audio``), what is written to one follows (``cache_write``,
            ``cache_write_1h``), then comes the rest (``input_audio``, ``input_image``, ``input_text``).
        output: Those of the answer: ``reasoning``, ``output_audio``, ``output_image``, ``output_text``.
        impossible: Whether parts were reported that are larger than their whole.
    """

    input: tuple[Portion, ...]
    output: tuple[Portion, ...]
    impossible: bool

    @classmethod
    def of(cls, usage: Usage) -> Portions:
        """Sort `usage`. Nothing goes below zero: parts larger than their whole are kept as reported."""
        read, written = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
        audio, image = usage.input_audio_tokens, usage.input_image_tokens
        prompt: tuple[Portion, ...] = (("input_text", usage.input_tokens),)
        impossible = False
        if read or written or audio or image:
            read_audio = min(usage.cache_read_audio_tokens, read)
            hourly = min(usage.cache_creation_1h_input_tokens, written)
            audio = max(audio - read_audio, 0)
            text, impossible = _rest(usage.input_tokens, read + written + audio + image)
            prompt = (
                ("cache_read", read - read_audio),
                ("cache_read_audio", read_audio),
                ("cache_write", written - hourly),
                ("cache_write_1h", hourly),
                ("input_audio", audio),
                ("input_image", image),
                ("input_text", text),
            )
        reasoning, audio, image = (
            usage.reasoning_output_tokens,
            usage.output_audio_tokens,
            usage.output_image_tokens,
        )
        answer: tuple[Portion, ...] = (("output_text", usage.output_tokens),)
        if reasoning or audio or image:
            text, too_large = _rest(usage.output_tokens, reasoning + audio + image)
            impossible = impossible or too_large
            answer = (
                ("reasoning", reasoning),
                ("output_audio", audio),
                ("output_image", image),
                ("output_text", text),
            )
        return cls(prompt, answer, impossible)


def _rest(whole: int | None, parts: int) -> tuple[int | None, bool]:
    """What is left of the whole, and whether the parts are larger than it."""
    if whole is None:
        return None, False
    return max(whole - parts, 0), parts > whole
