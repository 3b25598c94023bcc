"""OpenAI's responses dialect; satisfies `pointsman.dialects.Dialect`.

The format is https://platform.openai.com/docs/api-reference/responses. Nothing is stored: the whole
conversation is sent with every request, thoughts encrypted.
"""

from pointsman.dialects.openai_errors import write_error
from pointsman.dialects.openai_responses.answer import read_answer
from pointsman.dialects.openai_responses.errors import read_error
from pointsman.dialects.openai_responses.reader import ResponsesEvents
from pointsman.dialects.openai_responses.received import read_request
from pointsman.dialects.openai_responses.request import ENCRYPTED, write_request
from pointsman.dialects.openai_responses.thoughts import NAME
from pointsman.dialects.openai_responses.usage import responses_usage, write_usage
from pointsman.dialects.openai_responses.writer import ResponsesEventWriter
from pointsman.dialects.openai_responses.written import write_answer

stream_reader = ResponsesEvents
stream_writer = ResponsesEventWriter

__all__ = [
    "ENCRYPTED",
    "NAME",
    "ResponsesEventWriter",
    "ResponsesEvents",
    "read_answer",
    "read_error",
    "read_request",
    "responses_usage",
    "stream_reader",
    "stream_writer",
    "write_answer",
    "write_error",
    "write_request",
    "write_usage",
]
