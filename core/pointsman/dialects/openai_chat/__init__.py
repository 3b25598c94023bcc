"""OpenAI's chat completions dialect, which most providers speak; satisfies `pointsman.dialects.Dialect`.

The format is https://platform.openai.com/docs/api-reference/chat; where its speakers differ, it is read
leniently and written as `Form` says.
"""

from pointsman.dialects.errors import stated_error as read_error
from pointsman.dialects.openai_chat.answer import finish_reason, read_answer, write_answer
from pointsman.dialects.openai_chat.form import OPENAI, Form, short
from pointsman.dialects.openai_chat.messages import NAME, write_messages
from pointsman.dialects.openai_chat.reading import read_messages
from pointsman.dialects.openai_chat.request import (
    read_request,
    read_response_format,
    read_tool,
    read_tool_choice,
    write_parameters,
    write_request,
    write_response_format,
    write_tool,
    write_tool_choice,
)
from pointsman.dialects.openai_chat.stream import ChatEvents
from pointsman.dialects.openai_chat.usage import write_usage
from pointsman.dialects.openai_chat.writing import ChatEventWriter
from pointsman.dialects.openai_errors import write_error

stream_reader = ChatEvents
stream_writer = ChatEventWriter

__all__ = [
    "NAME",
    "OPENAI",
    "ChatEventWriter",
    "ChatEvents",
    "Form",
    "finish_reason",
    "read_answer",
    "read_error",
    "read_messages",
    "read_request",
    "read_response_format",
    "read_tool",
    "read_tool_choice",
    "short",
    "stream_reader",
    "stream_writer",
    "write_answer",
    "write_error",
    "write_messages",
    "write_parameters",
    "write_request",
    "write_response_format",
    "write_tool",
    "write_tool_choice",
    "write_usage",
]
