"""Packages that strangers might write, from nothing but the documented names of `pointsman`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{distribution}"
version = "1.2.3"
dependencies = ["pointsman"]

[project.entry-points.pointsman]
{entries}

[tool.hatch.build.targets.wheel]
only-include = {modules}
"""

ACME = '''\
"""Models served by Acme, in a dialect nobody else speaks."""

from attrs import frozen
from pointsman import (
    Capability, ChatChunk, ChatResponse, Extension, FinishReason, HttpRequest, Kind, Model, ResponseError,
    Secret, Usage, hookimpl, secret, setting,
)
from pointsman.providers import objects, refuse


@frozen
class Config:
    key: Secret = secret("ACME_API_KEY")
    base_url: str = setting("ACME_BASE_URL", default="https://api.acme.example")


@frozen
class Acme:
    config: Config

    async def models(self, http):
        asked = HttpRequest("GET", f"{self.config.base_url}/items", headers=self._headers())
        answer = await http.request(asked)
        return [
            Model(row["label"], kind=Kind.CHAT, context_window=row["window"], can={Capability.STREAMING})
            for row in answer.json()["items"]
        ]

    async def chat(self, model, request, http):
        body = self._body(model, request)
        asked = HttpRequest("POST", self._url(), headers=self._headers(), json=body)
        document = (await http.request(asked)).json()
        return ChatResponse(document["say"], document["label"], FinishReason.STOP, usage(document["tokens"]))

    async def stream(self, model, request, http):
        body = self._body(model, request) | {"live": True}
        finished = False
        asked = HttpRequest("POST", self._url(), headers=self._headers(), json=body)
        async with http.stream(asked) as answer:
            async for line in objects(answer.chunks()):
                if "say" in line:
                    yield ChatChunk(line["say"], model=model)
                else:
                    finished = True
                    yield ChatChunk(finish_reason=FinishReason.STOP, usage=usage(line["tokens"]))
        if not finished:
            raise ResponseError("the stream ended without its tokens", maybe_billed=True)

    def _headers(self):
        return {"x-acme-key": self.config.key.reveal()}

    def _url(self):
        return f"{self.config.base_url}/say"

    def _body(self, model, request):
        refuse(request, ("tools", "response_format"))
        return {"label": model, "turns": [[message.role, message.text] for message in request.messages]}


def usage(tokens):
    return Usage(input_tokens=tokens["heard"], output_tokens=tokens["said"])


@hookimpl
def pointsman_providers():
    yield Extension("acme", Acme, config=Config, summary="Models served by Acme.")
'''

MISSPELT = """\
from pointsman import Extension, hookimpl


@hookimpl
def pointsman_provider():
    yield Extension("misspelt", object)
"""

GARBAGE = """\
from pointsman import hookimpl


@hookimpl
def pointsman_providers():
    yield "garbage"
"""

ROTTEN = {
    "raises": ("raise RuntimeError('no luck today')", "RuntimeError: no luck today"),
    "exits": ("import sys\n\nsys.exit('enough')", "calls sys.exit(enough)"),
    "misspelt": (MISSPELT, "PluginValidationError: unknown hook 'pointsman_provider' in plugin "),
    "garbage": (GARBAGE, "TypeError: pointsman_providers must yield Extension records, got str"),
}
"""Entry point → source of its module, and how the reason it is left out begins."""


def write(folder: Path, distribution: str, sources: Mapping[str, str]) -> Path:
    """Write a distribution: one entry point and one module ``NAME_plugin`` per source.

    Returns:
        The folder of the package.
    """
    package = folder / distribution
    package.mkdir()
    for name, source in sources.items():
        (package / f"{name}_plugin.py").write_text(source, encoding="utf-8")
    entries = "\n".join(f'{name} = "{name}_plugin"' for name in sources)
    modules = [f"{name}_plugin.py" for name in sources]
    text = PYPROJECT.format(distribution=distribution, entries=entries, modules=modules)
    (package / "pyproject.toml").write_text(text, encoding="utf-8")
    return package
