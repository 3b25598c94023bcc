"""A stranger's plugin, built and installed with the usual tools, is used; a bad one harms nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pointsman.testing import Received, Reply, Upstream

from tests.end_to_end.venv_plugins import ACME, ROTTEN, write
from tests.end_to_end.venv_site import Site, build, contents

pytestmark = pytest.mark.installs

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ("echo", "flatfile", "coinflip")
KEY = "acme-canary-5c1e9b"
LIST = """\
[[prices]]
model = "acme-large-2"
input = 2.15
output = 8.450000000000000001

[[scores]]
model = "acme-large-2"
category = "general"
value = 71.5
"""


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A wheel of the core, of each sample, and of the stranger's packages."""
    folder = tmp_path_factory.mktemp("wheels")
    packages = {
        "core": ROOT / "core",
        **{name: ROOT / "sample_plugins" / f"pointsman-{name}" for name in SAMPLES},
        "acme": write(folder, "acme-for-pointsman", {"acme": ACME}),
        "rotten": write(folder, "rotten", {name: source for name, (source, _) in ROTTEN.items()}),
    }
    return {name: build(package, folder / "built") for name, package in packages.items()}


@pytest.fixture(scope="session")
def site(wheels: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A fresh environment with everything installed but what is rotten."""
    made = Site.create(tmp_path_factory.mktemp("fresh") / "venv")
    made.pip("install", *(wheel for name, wheel in wheels.items() if name != "rotten"))
    return made


@pytest.fixture
def rotten(site: Site, wheels: Mapping[str, Path]) -> Iterator[None]:
    """Four bad plugins, installed for one test."""
    site.pip("install", "--no-deps", wheels["rotten"])
    yield
    site.pip("uninstall", "--yes", "rotten")


@pytest.fixture
def acme() -> Iterator[Upstream]:
    """Acme's server: it has one model and wants the key."""

    def listing(request: Received) -> Reply:
        if request.headers.get("x-acme-key") != KEY:
            return Reply.json({"error": "who are you?"}, 401)
        return Reply.json({"items": [{"label": "acme-large-2", "window": 32_000}]})

    def say(request: Received) -> Reply:
        asked = request.json()
        text, tokens = f"You said: {asked['turns'][-1][1]}", {"heard": 7, "said": 5}
        if not asked.get("live"):
            return Reply.json({"say": text, "label": asked["label"], "tokens": tokens})
        return Reply.ndjson([*({"say": word} for word in text.split(" ")), {"tokens": tokens}])

    with Upstream.in_thread() as server:
        server.add("GET", "/items", listing)
        server.add("POST", "/say", say)
        yield server


# -- what is in a wheel -------------------------------------------------------------------------------------


def test_the_cores_wheel_holds_the_core_alone(wheels: Mapping[str, Path]) -> None:
    """Every file of the package and its metadata, and nothing else."""
    package = ROOT / "core" / "pointsman"
    files = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    meta = [
        f"pointsman-0.1.0.dist-info/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")
    ]
    expected = sorted([*(path.relative_to(package.parent).as_posix() for path in files), *meta])

    assert [name for name in sorted(contents(wheels["core"])) if "licenses/" not in name] == expected


@pytest.mark.parametrize("name", SAMPLES)
def test_a_samples_wheel_holds_one_module(wheels: Mapping[str, Path], name: str) -> None:
    """No tests, no fixtures."""
    module = f"pointsman_{name}"
    meta = ("METADATA", "RECORD", "WHEEL", "entry_points.txt")

    assert sorted(contents(wheels[name])) == sorted(
        [f"{module}.py", *(f"{module}-0.1.0.dist-info/{each}" for each in meta)]
    )


def test_no_wheel_names_this_machine(wheels: Mapping[str, Path]) -> None:
    """Neither the checkout nor the user's folder stands in any file."""
    places = [str(place).encode() for place in (ROOT, Path.home()) if len(place.parts) > 1]

    assert places
    assert [
        (wheel, name)
        for wheel, path in wheels.items()
        for name, data in contents(path).items()
        if any(place + b"/" in data for place in places)
    ] == []


# -- a stranger's provider ----------------------------------------------------------------------------------


def test_a_key_brings_its_models_and_takes_them_away(site: Site, acme: Upstream, tmp_path: Path) -> None:
    """Installed and keyed it is chosen from; without the key its models are gone, the cached ones too."""
    address = {"ACME_BASE_URL": acme.url}
    lists = [
        [each["model"] for each in site.document(tmp_path, "models", **env)["models"]]
        for env in (address, {**address, "ACME_API_KEY": KEY}, address)
    ]

    assert lists == [[], ["acme/acme-large-2"], []]


def test_it_answers(site: Site, acme: Upstream, tmp_path: Path) -> None:
    """Whole and streamed, over real HTTP, with its usage."""
    env = {"ACME_BASE_URL": acme.url, "ACME_API_KEY": KEY}
    whole = site.document(tmp_path, "ask", "good day", **env)
    streamed = site.pointsman(tmp_path, "ask", "good day", **env)
    unkeyed = site.pointsman(tmp_path, "ask", "good day", ACME_BASE_URL=acme.url)

    assert [whole[name] for name in ("text", "provider", "model")] == [
        "You said: good day",
        "acme",
        "acme-large-2",
    ]
    assert whole["usage"] == {"input_tokens": 7, "output_tokens": 5, "estimated": False}
    assert (streamed.returncode, streamed.stdout) == (0, "Yousaid:goodday\n")
    assert [request.json().get("live", False) for request in acme.requests if request.path == "/say"] == [
        False,
        True,
    ]
    assert unkeyed.returncode == 3
    assert [done.stderr for done in (streamed, unkeyed) if KEY in done.stderr] == []


def test_what_would_turn_it_on_is_said(site: Site, tmp_path: Path) -> None:
    """The list names the variable, the distribution and its version."""
    plugins = site.document(tmp_path, "plugins")["plugins"]
    (row,) = [each for each in plugins if each["plugin"] == "acme"]
    (offer,) = row["offers"]

    assert (row["distribution"], row["version"], row["state"]) == ("acme-for-pointsman", "1.2.3", "loaded")
    assert [offer[name] for name in ("kind", "name", "state", "reason", "variables")] == [
        "providers",
        "acme",
        "off",
        "set ACME_API_KEY",
        ["ACME_API_KEY"],
    ]


# -- bad plugins --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("rotten")
def test_bad_plugins_harm_nobody(site: Site, acme: Upstream, tmp_path: Path) -> None:
    """Each is named with its own reason, and the good one answers as before."""
    rows = {each["plugin"]: each for each in site.document(tmp_path, "plugins")["plugins"]}
    seen = {name: (rows[name]["state"], rows[name]["distribution"]) for name in (*ROTTEN, "acme", "plain")}
    reasons = {name: rows[name]["reason"][: len(reason)] for name, (_, reason) in ROTTEN.items()}
    answer = site.document(tmp_path, "ask", "still there?", ACME_BASE_URL=acme.url, ACME_API_KEY=KEY)

    assert seen == {
        **dict.fromkeys(ROTTEN, ("broken", "rotten")),
        "acme": ("loaded", "acme-for-pointsman"),
        "plain": ("loaded", "pointsman"),
    }
    assert reasons == {name: reason for name, (_, reason) in ROTTEN.items()}
    assert answer["text"] == "You said: still there?"


@pytest.mark.usefixtures("rotten")
def test_a_bad_plugin_that_is_needed_is_an_error(site: Site, tmp_path: Path) -> None:
    """The configuration names it, so the program ends and says why; the other three do not matter."""
    (tmp_path / "pointsman.toml").write_text("[providers.raises]\n")
    done = site.pointsman(tmp_path, "models", "--json")

    assert done.returncode != 0
    assert "plugin raises (rotten 1.2.3)" in done.stderr
    assert "RuntimeError: no luck today" in done.stderr


# -- the samples --------------------------------------------------------------------------------------------


def test_the_echo_answers(site: Site, tmp_path: Path) -> None:
    """Without a network: whole, streamed, and not at all without its variable."""
    whole = site.document(tmp_path, "ask", "one two", ECHO_ENABLED="1")
    streamed = site.pointsman(tmp_path, "ask", "one two", ECHO_ENABLED="1")
    off = site.pointsman(tmp_path, "ask", "one two")

    assert (whole["text"], whole["provider"], whole["cost"]["usd"]) == ("one two", "echo", "0")
    assert (streamed.returncode, streamed.stdout, off.returncode) == (0, "one two\n", 3)


def test_a_flat_file_says_prices_and_scores(site: Site, acme: Upstream, tmp_path: Path) -> None:
    """They are joined to the stranger's model, exact to the digit."""
    path = tmp_path / "list.toml"
    path.write_text(LIST)
    env = {"ACME_BASE_URL": acme.url, "ACME_API_KEY": KEY, "FLATFILE_PATH": str(path)}
    (row,) = site.document(tmp_path, "models", **env)["models"]

    assert {name: row[name] for name in ("input_usd", "output_usd", "price_source", "quality_sources")} == {
        "input_usd": "2.15",
        "output_usd": "8.450000000000000001",
        "price_source": "flatfile",
        "quality_sources": ["flatfile"],
    }


def test_the_coin_is_a_strategy(site: Site, acme: Upstream, tmp_path: Path) -> None:
    """Chosen by its variable, and its toss is shown."""
    env = {
        "ACME_BASE_URL": acme.url,
        "ACME_API_KEY": KEY,
        "ECHO_ENABLED": "1",
        "POINTSMAN_STRATEGY": "coinflip",
        "COINFLIP_SEED": "7",
    }
    decisions = [site.document(tmp_path, "explain", **env) for _ in range(2)]
    tosses = [[each["parts"]["toss"] for each in decision["ranking"]] for decision in decisions]

    assert [decision["strategy"] for decision in decisions] == ["coinflip", "coinflip"]
    assert sorted(each["model"] for each in decisions[0]["ranking"]) == ["acme/acme-large-2", "echo/echo"]
    assert tosses[0] == tosses[1] == sorted(tosses[0], reverse=True)
