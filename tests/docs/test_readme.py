"""The readme keeps its promises."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest
from pointsman import Router
from pointsman.testing import FakeModel, OpenAIUpstream

from tests.docs.pages import ROOT, Block, page
from tests.plugins.distributions import Site

README = page("README.md")
KEY = "sk-of-the-readme"
OWN = "of-the-readme"


def only(language: str, role: str = "") -> Block:
    """The readme's one block of a kind."""
    (block,) = [each for each in README.blocks() if (each.language, each.role) == (language, role)]
    return block


@pytest.fixture
def upstream() -> Iterator[OpenAIUpstream]:
    """A host that lets only one key in and does not say what its two models are for."""
    models = [FakeModel("deep", answer="Because."), FakeModel("deep-embedding")]
    with OpenAIUpstream.in_thread(models, key=KEY) as server:
        yield server


def test_the_first_use_has_ten_lines() -> None:
    """That is what its heading says."""
    assert len(only("python", "run").text.splitlines()) <= 10


def test_its_plugin_has_twenty_five_lines() -> None:
    """Blank ones included; a plugin that needs more is not shown as a whole one."""
    assert len(only("python", "plugin").text.splitlines()) <= 25


@pytest.mark.anyio
@pytest.mark.usefixtures("home")
async def test_its_plugin_answers(
    site: Site, upstream: OpenAIUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed, and given its key, it is a provider like any other."""
    ((name, module),) = tomllib.loads(only("toml").text)["project"]["entry-points"]["pointsman"].items()
    site.install(name, only("python", "plugin").text, module=module, distribution=OWN)
    monkeypatch.setenv("POINTSMAN_ONLY", OWN)
    monkeypatch.setenv("SAMBANOVA_API_KEY", KEY)
    monkeypatch.setenv("SAMBANOVA_BASE_URL", upstream.base_url)
    async with Router.open() as router:
        reply = await router.chat("Why is the sky blue?")
        offered = [each.key for each in (await router.catalog()).candidates]

    assert (reply.text, reply.provider, offered) == ("Because.", "sambanova", ["sambanova/deep"])


@pytest.mark.usefixtures("home")
def test_without_its_key_the_plugin_is_off(site: Site) -> None:
    """And the host says which variable would turn it on."""
    site.install("sambanova", only("python", "plugin").text, distribution=OWN)
    (instance,) = Router.open(env={"POINTSMAN_ONLY": OWN}).host.instances["providers"]

    assert (instance.state, instance.variables) == ("off", ("SAMBANOVA_API_KEY",))


@pytest.mark.parametrize(("name", "title"), [("README.md", "Test"), ("CONTRIBUTING.md", "Two commands")])
def test_there_are_two_commands(name: str, title: str) -> None:
    """The tests, and what CI runs, which ends with the same tests. Word for word, and no third."""
    shown = [line for line in page(name).section(title).splitlines() if line.startswith("$ ")]
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert (shown, run.splitlines()[-1]) == (["$ uv run pytest", "$ bash .ci/run"], "uv run pytest")


def test_the_map_is_the_tree() -> None:
    """Every file and folder of the map is there."""
    lines = README.section("Map").splitlines()
    paths = [ROOT / line.split()[0] for line in lines if line and line[0].isalpha()]
    inner = [word for line in lines if line.startswith("    ") for word in line.split()]
    paths += [ROOT / "core" / "pointsman" / word for word in inner if word.endswith(("/", ".py"))]

    assert (len(paths) > 12, [path for path in paths if not path.exists()]) == (True, [])
