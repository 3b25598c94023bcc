"""What servers write when a prompt is too long or a parameter is not taken, and what only looks like it."""

from __future__ import annotations

import orjson
import pytest
from pointsman.errors import Advice, ContextWindowError, InvalidRequestError, RateLimitError
from pointsman.failures import classify, from_error_object

TOO_LONG = [
    "This model's maximum context length is 4096 tokens, however you requested 5000 tokens",
    "prompt is too long: 212345 tokens > 200000 maximum",
    "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease one of them",
    "The input token count exceeds the maximum number of tokens allowed (1048576).",
    "inputs tokens + max_new_tokens must be <= 4096",
    "`inputs` must have less than 1024 tokens. Given: 1500",
    "Input is too long for requested model",
    "Input Tokens Exceeded: Number of input tokens exceeds maximum length.",
    "too many input tokens",
    "The prompt (length 5000) exceeds the maximum allowed length (4096)",
    "Your request exceeded model token limit: 8192",
    "Prompt length of 9000 exceeds max of 8192",
    "total tokens of image and text exceed max message tokens",
    "Total tokens of image and text exceed max message tokens",
    "The total length of the prompt and completion exceeds the model's limit",
    "sequence length exceeds model max length 8192",
    "This model only supports up to 8192 tokens of context",
    "the request exceeds the available context size. try increasing the context size or enable context shift",
    "Context size has been exceeded.",
    "max_tokens must be at least 1, got -500. (prompt too long)",
    "prompt too long; exceeded max context length by 100 tokens",
    "Token limit exceeded: your prompt has 9000 tokens while the model supports at most 8192",
    "Please reduce the length of the messages or completion.",
    "Please reduce the length of your prompt.",
    "Your prompt contains 9000 tokens, which is more than the 8192 this model can process.",
    "The model can only process 8192 tokens, but 9000 were given.",
    "input text is too long, the maximum is 30720 characters",
    "Conversation is too long for this model",
    "The conversation exceeds the window of the model",
    "the message is too long for the model",
    "Request too long for model: 9000 > 8192 tokens",
    "Number of tokens in the prompt (9000) is greater than the maximum (8192)",
    "Maximum tokens exceeded: 9000 > 8192 input tokens",
    "exceeds the maximum number of input tokens",
    "Range of input length should be [1, 30720]",
    "tokens in request more than max tokens allowed",
    "InvalidParameter: Total message token length exceed model limit. Max message tokens is 32768",
    "input_tokens (9000) + max_tokens (500) must be <= 8192",
    "the combined length of input and output tokens is larger than the window",
    "Prompt tokens limit exceeded: 9000 > 8192",
    "max context exceeded",
    "tokens > n_ctx",
    "Your input exceeds this model's capacity of 8192 tokens",
    "the prompt has 9000 tokens, but the maximum is 8192",
    "This model does not support prompts with more than 8192 tokens",
    "Prompt is longer than the maximum of 8192 tokens",
    "length of prompt_tokens (7000) must be less than max_seq_len (4096).",
    "Prompt tokens (9) exceeds context size (8)",
    "Prompt length (9) is over the model's limit (8)",
    "The total number of tokens (9) exceeds the limit 8",
    "Input is too large for the context of this model",
    "Content exceeds token limit of 8",
    "The prompt is too big for the model",
    "The model's context is full",
    "输入内容过长, 超过模型最大长度",
]
SOMETHING_ELSE = [
    "max_tokens is too large: 100000. This model supports at most 16384 completion tokens.",
    "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for it",
    "The maximum tokens you requested exceeds the model limit of 8192. Try again with a lower value.",
    "max_output_tokens must be at most 8192",
    "`max_tokens` must be less than or equal to `8192`",
    "Invalid value for max_completion_tokens: exceeds the maximum of 8192 output tokens",
    "tools.0.name: String should have at most 64 characters",
    "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64.",
    "Invalid 'messages[1].tool_calls[0].id': string too long. Expected at most 40.",
    "messages.0.name: string too long",
    "Invalid 'stop': array too long. Expected an array with maximum length 4.",
    "metadata value too long: maximum length is 512",
    "Invalid 'user': string too long. Expected a string with maximum length 64",
    "image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes",
    "messages.0.content.1.image.source.base64: image exceeds the maximum allowed size",
    "At most 1 image(s) may be provided in one request",
    "The tool input is too long for tool search",
    "tool description exceeds maximum length of 1024 characters",
    "Too many tools: maximum is 128",
    "temperature exceeds the maximum of 1",
    "thinking.budget_tokens: must be less than max_tokens",
    "the schema exceeds the maximum nesting depth",
    "n exceeds the maximum of 8",
    "The input parameter temperature exceeds the maximum of 2",
    "input length of tool name must be less than 64",
    "tool names must not be longer than 64 characters",
    "request body exceeds size limit",
    "logprobs exceeds the maximum of 20",
    "Invalid input: seed exceeds the maximum value",
    "The requested number of completion tokens exceeds the maximum of 4096",
    "The file in message 2 exceeds the maximum size of 30MB",
    "cache_control blocks exceed the maximum of 4",
    "Rate of this request: token limit of 40 input tokens per minute reached",
]
PARAMETERS = [
    ("temperature: Extra inputs are not permitted", "temperature"),
    ("`temperature` is not supported", "temperature"),
    ("This model doesn't support the 'stop' parameter", "stop"),
    (
        "Invalid JSON payload received. Unknown name \"seed\" at 'generation_config': Cannot find field.",
        "seed",
    ),
    ("Argument not supported on this model: stop", "stop"),
    ("Model m-3 does not support parameter reasoningEffort.", "reasoningEffort"),
    ("property 'seed' is unsupported", "seed"),
    ("`reasoning_effort` is not supported with this model", "reasoning_effort"),
    ("m-9 does not support parameters: ['temperature'], for model=m-9", "temperature"),
    ("`temperature` is deprecated for this model.", "temperature"),
    ("invalid temperature: only 1 is allowed for this model", "temperature"),
    (
        "Malformed input request: extraneous key [top_k] is not permitted.",
        "top_k",
    ),
    ("seed is not supported by this model", "seed"),
    ("This model does not support temperature", "temperature"),
    ("The parameter top_p is not supported by this model", "top_p"),
    ("Unsupported parameter(s): seed", "seed"),
    ("Unknown parameter: 'reasoning_effort'.", "reasoning_effort"),
    ("Unrecognized request arguments supplied: seed", "seed"),
    ("unexpected keyword argument 'top_p'", "top_p"),
    ("Parameter 'user' is not allowed", "user"),
    ("reasoning_effort: not supported", "reasoning_effort"),
    ("unknown field `seed`, expected one of `model`, `messages`", "seed"),
    ('json: unknown field "seed"', "seed"),
    ("Field seed is not permitted", "seed"),
    ("Unsupported param: seed", "seed"),
    ("Setting 'stop' is not supported with this model", "stop"),
    ("The model does not support setting top_p", "top_p"),
    ("Additional properties are not allowed ('seed' was unexpected)", "seed"),
    ("'temperature' does not support 0.2 with this model", "temperature"),
    ("The following parameters are not supported: seed", "seed"),
    ("bad things happened in the model", ""),
    ("The server does not support your wish", ""),
    ("This model does not support image input", ""),
]


@pytest.mark.parametrize("words", TOO_LONG)
@pytest.mark.parametrize("status", [400, 413, 422])
def test_too_long_in_any_words(words: str, status: int) -> None:
    """As the message of an error, as the error itself, and as an event of a stream."""
    shapes = ({"error": {"message": words}}, {"error": words}, {"detail": words})
    found = [classify(status, {}, orjson.dumps(shape)) for shape in shapes]

    assert {type(each) for each in (*found, from_error_object({"message": words}))} == {ContextWindowError}


@pytest.mark.parametrize("words", SOMETHING_ELSE)
def test_other_bounds_are_not_the_window(words: str) -> None:
    """Of the answer, of a name, of a picture, of time: a larger window would not help."""
    assert isinstance(classify(400, {}, orjson.dumps({"error": {"message": words}})), InvalidRequestError)


@pytest.mark.parametrize("words", TOO_LONG)
def test_a_rate_limit_stays_one(words: str) -> None:
    """Under 429 nothing is said of the window."""
    found = classify(429, {}, orjson.dumps({"error": {"message": f"Too many requests. {words}"}}))

    assert isinstance(found, RateLimitError)


@pytest.mark.parametrize("code", ["context_exceeded", "prompt_too_long", "too_many_input_tokens"])
def test_too_long_by_its_code(code: str) -> None:
    """Whatever the words are."""
    found = classify(400, {}, orjson.dumps({"error": {"message": "no", "code": code}}))

    assert isinstance(found, ContextWindowError)


@pytest.mark.parametrize(("words", "parameter"), PARAMETERS)
def test_a_parameter_is_named_in_any_words(words: str, parameter: str) -> None:
    """So that it can be left out, and the next candidate is asked."""
    found = classify(400, {}, orjson.dumps({"error": {"message": words}}))

    assert isinstance(found, InvalidRequestError)
    assert (found.parameter, found.advice) == (parameter, Advice.NEXT_CANDIDATE)
