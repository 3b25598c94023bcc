"""llama.cpp's own server, with a tiny model of random weights. Arguments: a port, and a folder for the model.

Runs in the environment that `tools.servers` makes for it, not in the project's. The model writes nonsense, at
several thousand tokens a second; everything around the text (templates, grammars, limits, usage, events) is
the real thing.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import gguf
import numpy as np
import xllamacpp

NAME = "tiny"
WINDOW = 16_384  # of each of the two slots
WIDTH, LAYERS, HEADS, INNER = 64, 2, 4, 128
SPACE = "\u2581"  # as this kind of tokenizer writes it
MARKS = ("<|im_start|>", "<|im_end|>")
CALL, LINE = "<tool_call>", "<0x0A>"
CONSTANT = 4.0
"""The first component of every state: what multiplies it is a bias. Of a call's mark the second one, too."""
TEMPLATE = """
{%- if tools %}<|im_start|>system
{%- if messages[0].role == "system" %}{{ "\\n" + messages[0].content }}{% endif %}
Call tools within <tool_call></tool_call>:
<tools>
{%- for tool in tools %}{{ "\\n" }}{{ tool | tojson }}{% endfor %}
</tools><|im_end|>
{% endif %}
{%- for turn in messages %}
{%- if turn.role == "assistant" and turn.tool_calls %}<|im_start|>assistant
{%- if turn.content %}{{ "\\n" + turn.content }}{% endif %}
{%- for call in turn.tool_calls %}
<tool_call>
{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
</tool_call>
{%- endfor %}<|im_end|>
{% elif turn.role == "tool" %}<|im_start|>user
<tool_response>
{{ turn.content }}
</tool_response><|im_end|>
{% elif not (tools and loop.first and turn.role == "system") %}<|im_start|>{{ turn.role }}
{{ turn.content }}<|im_end|>
{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
"""In the form of ChatML that models with tools know; llama.cpp reads from it how calls are written."""


def vocabulary() -> tuple[list[str], list[int]]:
    """The characters of ASCII, and the template's marks; each with its type. It cannot read anything else."""
    kind = gguf.TokenType
    tokens = [("<unk>", kind.UNKNOWN), ("<s>", kind.CONTROL), ("</s>", kind.CONTROL)]
    tokens += [(LINE, kind.BYTE)]
    tokens += [(chr(code).replace(" ", SPACE), kind.NORMAL) for code in range(32, 127)]
    tokens += [(mark, kind.CONTROL) for mark in MARKS]
    tokens += [(CALL, kind.USER_DEFINED)]
    return [text for text, _ in tokens], [int(each) for _, each in tokens]


def write(path: Path) -> None:
    """A model of the Llama architecture."""
    random = np.random.default_rng(7)
    tokens, kinds = vocabulary()
    file = gguf.GGUFWriter(str(path), "llama")
    file.add_name(NAME)
    file.add_context_length(WINDOW * 2)
    file.add_embedding_length(WIDTH)
    file.add_block_count(LAYERS)
    file.add_feed_forward_length(INNER)
    file.add_head_count(HEADS)
    file.add_head_count_kv(HEADS)
    file.add_layer_norm_rms_eps(1e-5)
    file.add_rope_dimension_count(WIDTH // HEADS)
    file.add_vocab_size(len(tokens))
    file.add_tokenizer_model("llama")
    file.add_token_list(tokens)
    file.add_token_scores([0.0] * len(tokens))
    file.add_token_types(kinds)
    file.add_bos_token_id(1)
    file.add_eos_token_id(2)
    file.add_unk_token_id(0)
    file.add_add_space_prefix(False)
    file.add_add_bos_token(False)
    file.add_chat_template(TEMPLATE)
    shapes = {"token_embd": (len(tokens), WIDTH), "output": (len(tokens), WIDTH)}
    norms = ["output_norm"]
    for layer in (f"blk.{number}" for number in range(LAYERS)):
        shapes |= {f"{layer}.attn_{part}": (WIDTH, WIDTH) for part in ("q", "k", "v", "output")}
        shapes |= {f"{layer}.ffn_{part}": (INNER, WIDTH) for part in ("gate", "up")}
        shapes[f"{layer}.ffn_down"] = (WIDTH, INNER)
        norms += [f"{layer}.attn_norm", f"{layer}.ffn_norm"]
    for name, shape in shapes.items():
        weights = random.standard_normal(shape, dtype=np.float32) * 0.1
        if name == "token_embd":
            weights[:, :2] = [(CONSTANT, CONSTANT if text == CALL else 0) for text in tokens]
        elif name == "output":
            weights[:, :2] = [_biases(text, kind) for text, kind in zip(tokens, kinds, strict=True)]
        elif name.endswith(("attn_output", "ffn_down")):
            weights[:2] = 0  # nothing adds to either,
        else:
            weights[:, :2] = 0  # and nothing else reads them
        file.add_tensor(f"{name}.weight", weights)
    for name in norms:
        file.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


def _biases(token: str, kind: int) -> tuple[float, float]:
    """Of each output: always, and behind a call's mark.

    The likeliest answer is a call, as the template writes it; one that is none ends at its largest length.
    """
    text = kind in (gguf.TokenType.NORMAL, gguf.TokenType.BYTE)
    return 1.0 if token == CALL else 0.0 if text else -2.0, 2.5 if token == LINE else 0.0


def serve(port: int, model: Path) -> None:
    """Until the process ends."""
    settings = xllamacpp.CommonParams()
    settings.model.path = str(model)
    settings.model_alias = {NAME}
    settings.hostnames = ["127.0.0.1"]
    settings.port = port
    settings.n_ctx = WINDOW * 2
    settings.n_parallel = 2
    settings.cpuparams.n_threads = 1
    settings.warmup = False
    kept = xllamacpp.Server(settings)
    threading.Event().wait()
    del kept


if __name__ == "__main__":
    file = Path(sys.argv[2]) / "tiny.gguf"
    write(file)
    serve(int(sys.argv[1]), file)
