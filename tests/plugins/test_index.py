"""What plugins bring is kept between runs, and believed only while nothing has changed."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pointsman.errors import PluginError
from pointsman.plugins import Plugins, PluginStatus, load

from tests.plugins.distributions import HEAD, Site, hook, yields

CONFIG = (
    "from attrs import field, frozen, validators\n"
    "from pointsman.hookspecs import Extension, Origin, hookimpl, secret, setting\n"
    "from pointsman.types import Secret\n"
    "@frozen\nclass Config:\n"
    "    key: Secret = secret('ACME_KEY')\n"
    "    url: str = setting('ACME_URL', default='x')\n"
    "    level: str = field(default='low', validator=validators.in_(['low', 'high']))\n"
    "    tries: int | None = None\n"
    "@hookimpl\ndef pointsman_pricing_sources():\n"
    "    origin = Origin('https://x.example', 'MIT', 'daily', 'by X')\n"
    "    yield Extension('acme', object, config=Config, summary='Sells.', default=True, origin=origin)\n"
    "    yield Extension('bare', object)\n"
)


@pytest.fixture
def run(site: Site, tmp_path: Path) -> Callable[..., Plugins]:
    """Load what is installed here, as a new process would, with a memory."""
    memory = tmp_path / "memory"
    memory.mkdir()

    def loaded(**env: str) -> Plugins:
        site.forget()
        importlib.invalidate_caches()
        return load(env={"POINTSMAN_ONLY": ",".join(site.distributions), **env}, memory=memory)

    return loaded


def imported(site: Site) -> list[str]:
    """Which of its modules are in memory."""
    return [module for module in site.modules if module in sys.modules]


def own(found: Plugins, site: Site) -> list[PluginStatus]:
    """What became of those installed here."""
    return [status for status in found.statuses if status.plugin.distribution in site.distributions]


def test_the_second_run_imports_nothing(site: Site, run: Callable[..., Plugins]) -> None:
    """And knows the same of every extension, its settings included."""
    site.install("acme", CONFIG)
    first = run()
    second = run()

    assert imported(site) == []
    assert [(s.plugin, s.state, s.reason) for s in second.statuses] == [
        (s.plugin, s.state, s.reason) for s in first.statuses
    ]
    for name, before in first.of("pricing_sources").items():
        after = second.of("pricing_sources")[name]
        assert (after.declared, after.settings) == (before.declared, before.settings)
        assert (before.remembered, after.remembered) == (False, True)


def test_what_a_setting_is(site: Site, run: Callable[..., Plugins]) -> None:
    """A key and a plain text take any text; what is checked or is no text does not."""
    site.install("acme", CONFIG)
    run()
    acme, bare = run().of("pricing_sources").values()
    settings = {each.name: each for each in acme.settings or ()}

    assert bare.settings is None
    assert [name for name, each in settings.items() if each.free] == ["key", "url"]
    assert [name for name, each in settings.items() if each.required] == ["key"]
    assert [name for name, each in settings.items() if each.secret] == ["key"]
    assert settings["url"].variables == ("ACME_URL",)


def test_an_extension_is_imported_when_it_is_used(site: Site, run: Callable[..., Plugins]) -> None:
    """Its plugin alone."""
    site.install("acme", yields("acme"))
    site.install("bazaar", yields("bazaar"))
    run()
    extension = run().of("providers")["acme"].extension

    assert (extension.name, extension.create) == ("acme", object)
    assert imported(site) == ["pointsman_acme"]


@pytest.mark.parametrize("change", ["edit", "touch", "package", "base"])
def test_a_changed_source_is_read_again(
    site: Site, run: Callable[..., Plugins], tmp_path: Path, change: str
) -> None:
    """Of its module, of any part of its package, and of where its config class comes from."""
    files = {name: tmp_path / "site" / f"{name}.py" for name in ("pointsman_acme", "shared_base")}
    base = "from attrs import frozen\n@frozen\nclass Base:\n    url: str = 'x'\n"
    source = f"{HEAD}from shared_base import Base\nclass Config(Base): pass\n" + hook(
        "yield Extension('acme', object, config=Config)"
    ).removeprefix(HEAD)
    site.install("acme", source)
    files["shared_base"].write_text(base)
    site.modules.append("shared_base")
    if change == "package":
        package = tmp_path / "site" / "pointsman_acme"
        package.mkdir()
        files["pointsman_acme"].rename(package / "__init__.py")
        files["part"] = package / "part.py"
        files["part"].write_text("")
    run()
    assert run().of("providers")["acme"].remembered
    changed = files[{"package": "part", "base": "shared_base"}.get(change, "pointsman_acme")]
    if change == "touch":
        os.utime(changed, ns=(0, 0))
    else:
        changed.write_text(changed.read_text() + "\n# more\n")

    assert not run().of("providers")["acme"].remembered
    assert run().of("providers")["acme"].remembered


def test_other_files_on_the_path_change_nothing(site: Site, run: Callable[..., Plugins]) -> None:
    """A program may write into its own folder at any time."""
    site.install("acme", yields("acme"))
    run()
    (site.path / "diary.txt").write_text("")
    os.utime(site.path, ns=(1, 1))

    assert run().of("providers")["acme"].remembered


def test_new_metadata_of_the_same_version_is_read(site: Site, run: Callable[..., Plugins]) -> None:
    """An editable plugin is installed again after its entry points were changed."""
    site.install("acme", yields("acme"))
    run()
    info = next(site.path.glob("*.dist-info"))
    (info / "entry_points.txt").unlink()
    (info / "entry_points.txt").write_text("[pointsman]\nother = pointsman_acme\n")
    os.utime(site.path, ns=(1, 1))

    assert [status.plugin.name for status in own(run(), site)] == ["other"]


def test_what_is_installed_later_is_there(site: Site, run: Callable[..., Plugins]) -> None:
    """The folders of the path are looked at, not what is in them."""
    site.install("acme", yields("acme"))
    run()
    site.install("bazaar", yields("bazaar"))

    assert list(run().of("providers")) == ["acme", "bazaar"]


def test_what_is_removed_is_gone(site: Site, run: Callable[..., Plugins]) -> None:
    """Likewise."""
    site.install("acme", yields("acme"))
    run()
    info = next(site.path.glob("*.dist-info"))
    for file in info.iterdir():
        file.unlink()
    info.rmdir()

    assert list(run().of("providers")) == []


def test_a_broken_plugin_is_never_believed(site: Site, run: Callable[..., Plugins], tmp_path: Path) -> None:
    """It is tried every time, for what broke it may lie elsewhere."""
    flag = tmp_path / "fixed"
    source = f"from pathlib import Path\nif not Path({str(flag)!r}).exists(): raise OSError('no luck')\n"
    site.install("acme", source + yields("acme"))
    states = [own(run(), site)[0].state for _ in range(2)]
    flag.touch()

    assert [*states, own(run(), site)[0].state] == ["broken", "broken", "loaded"]


def test_a_plugin_that_breaks_after_all_is_its_own_failure(
    site: Site, run: Callable[..., Plugins], tmp_path: Path
) -> None:
    """Where it is used, with its name and reason."""
    flag = tmp_path / "broken"
    source = f"from pathlib import Path\nif Path({str(flag)!r}).exists(): raise OSError('no luck')\n"
    site.install("acme", source + yields("acme"))
    run()
    found = run().of("providers")["acme"]
    flag.touch()

    with pytest.raises(PluginError, match=r"acme .*: OSError: no luck") as caught:
        found.extension  # noqa: B018 (the access is the point)
    assert isinstance(caught.value.__cause__, OSError)


def test_blocking_and_conflicts_are_as_without_a_memory(site: Site, run: Callable[..., Plugins]) -> None:
    """They depend on what else is there, so they are never kept."""
    site.install("a-first", yields("acme"))
    site.install("b-second", yields("acme"))
    run()
    both, one = run(), run(POINTSMAN_BLOCK="a-first")

    assert list(both.of("providers")) == ["acme", "b-second:acme"]
    assert "provided by both" in own(both, site)[1].reason
    assert (list(one.of("providers")), own(one, site)[0].state) == (["acme"], "blocked")


def test_authors_always_see_the_plugin_itself(site: Site, run: Callable[..., Plugins]) -> None:
    """With ``POINTSMAN_STRICT`` nothing is remembered."""
    site.install("acme", yields("acme"))
    run()
    run(POINTSMAN_STRICT="1")

    assert imported(site) == ["pointsman_acme"]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"version": 1}', b"\xff"])
@pytest.mark.parametrize("mode", [0o600, 0o666])
def test_an_index_that_cannot_be_used_is_made_anew(
    site: Site, run: Callable[..., Plugins], tmp_path: Path, content: bytes, mode: int
) -> None:
    """Whatever stands in it, and when others may have written it."""
    site.install("acme", yields("acme"))
    run()
    (file,) = (tmp_path / "memory").iterdir()
    file.write_bytes(content if mode == 0o600 else file.read_bytes())
    file.chmod(mode)
    first, second = (run().of("providers")["acme"].remembered for _ in range(2))

    assert (first, second, file.stat().st_mode & 0o777) == (False, True, 0o600)


def test_few_indexes_are_kept(site: Site, run: Callable[..., Plugins], tmp_path: Path) -> None:
    """One for each search path; those not made for longest go first."""
    for number in range(12):
        (tmp_path / "memory" / f"plugins-{number}.json").touch()
        os.utime(tmp_path / "memory" / f"plugins-{number}.json", (number, number))
    site.install("acme", yields("acme"))
    run()
    names = {file.name for file in (tmp_path / "memory").iterdir()}

    assert (len(names), "plugins-4.json" in names, "plugins-5.json" in names) == (8, False, True)


def test_nothing_is_made_by_looking(site: Site, tmp_path: Path) -> None:
    """A folder that is not there stays so."""
    site.install("acme", yields("acme"))
    load(env={}, memory=tmp_path / "absent")

    assert not (tmp_path / "absent").exists()
