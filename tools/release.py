"""Build, check and publish every distribution of the workspace, in order.

    uv run python -m tools.release build DIST      wheels and source distributions into the folder DIST
    uv run python -m tools.release check DIST      what is in them, what they say, whether they install
    uv run python -m tools.release publish DIST    upload, each after what it needs
    uv run python -m tools.release rehearse        all of it, to an index on 127.0.0.1

``--only NAME ...`` takes some of them; ``--tag v1.2.0`` has `check` compare the version with a tag.

Publishing uses uv's trusted publishing, which works inside a CI job the index knows and takes no password. It
refuses files without an attestation beside them (``FILE.publish.attestation``). Publishing again is harmless:
the index leaves files alone that it has.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from tools.artifacts import Files, problems
from tools.loopback_index import LoopbackIndex
from tools.workspace import ROOT, Distribution, must, published, run, uv

TRUSTED = ("--trusted-publishing", "always")
ATTESTATION = ".publish.attestation"


class ReleaseError(Exception):
    """The release cannot go on; every reason is a line."""


def build(folder: Path, distributions: Sequence[Distribution]) -> None:
    """Build the source distribution of each, and the wheel from that."""
    for each in distributions:
        must(uv("build", "--quiet", "--out-dir", folder.resolve(), each.folder, cwd=ROOT))


def check(folder: Path, distributions: Sequence[Distribution], tag: str = "") -> None:
    """Look at everything that was built, then install all of it and start the program.

    Raises:
        ReleaseError: With everything that is wrong.
    """
    own = {each.name: each.version for each in published()}
    wrong = [line for each in distributions for line in problems(each, folder, own)]
    wrong += _numbers(set(own.values()), tag)
    expected = {path.name for each in distributions for path in Files.of(each, folder)}
    found = {path.name for path in folder.iterdir() if path.suffix in {".whl", ".gz"}}
    wrong += [f"{name} is nobody's file" for name in sorted(found - expected)]
    if wrong:
        raise ReleaseError("\n".join(wrong))
    files = [path for each in distributions for path in Files.of(each, folder)]
    must(uv("run", "--quiet", "--isolated", "--only-group", "release", "twine", "check", "--strict",
            *(path.resolve() for path in files), cwd=ROOT))  # fmt: skip
    install(folder, distributions)


def _numbers(versions: AbstractSet[str], tag: str) -> Iterator[str]:
    """What is wrong with the version that all share."""
    if len(versions) > 1:
        yield f"the versions are {', '.join(sorted(versions))}; there must be one"
    if tag and {tag} != {f"v{version}" for version in versions}:
        yield f"the tag is {tag}, the version {', '.join(sorted(versions))}"


def install(folder: Path, distributions: Sequence[Distribution]) -> None:
    """Install all wheels into a fresh environment and ask the program what it found there.

    Raises:
        ReleaseError: The program is of another version, or a plugin is not loaded.
        RuntimeError: It cannot be installed, or the program does not start.
    """
    wheels = [Files.of(each, folder).wheel.resolve() for each in distributions]
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        must(uv("venv", "--quiet", "--no-project", "site", cwd=place))
        must(uv("pip", "install", "--quiet", "--python", "site", *wheels, cwd=place))
        program = next(path for path in place.glob("site/*/pointsman*") if path.stem == "pointsman")
        env = {"POINTSMAN_HOME": str(place / "home")}
        version = must(run([program, "--version"], cwd=place, env=env)).strip()
        rows = json.loads(must(run([program, "plugins", "--json"], cwd=place, env=env)))["plugins"]
        commands = [name for each in distributions for name in each.entry_points("pointsman.commands")]
        for command in commands:
            must(run([program, command, "--help"], cwd=place, env=env))
    loaded = {row["plugin"] for row in rows if row["state"] == "loaded"}
    plugins = {name for each in distributions for name in each.entry_points("pointsman")}
    wrong = [f"the plugin {name} is installed, but not loaded" for name in sorted(plugins - loaded)]
    if version != f"pointsman {distributions[0].version}":
        wrong.append(f"the installed program says it is {version!r}")
    if wrong:
        raise ReleaseError("\n".join(wrong))


def publish(folder: Path, distributions: Sequence[Distribution], options: Sequence[str] = TRUSTED) -> None:
    """Upload each after what it needs, so that the index never shows one that cannot be installed.

    Raises:
        ReleaseError: A file has no attestation beside it; nothing was uploaded.
        RuntimeError: An upload failed; it may be tried again.
    """
    files = {each.name: [path.resolve() for path in Files.of(each, folder)] for each in distributions}
    unsigned = [path.name for paths in files.values() for path in paths if not attestation(path).is_file()]
    if unsigned:
        raise ReleaseError("\n".join(f"{name} has no attestation beside it" for name in unsigned))
    for each in distributions:
        both = files[each.name]
        must(uv("publish", "--quiet", *options, *both, *map(attestation, both), cwd=ROOT))
        sys.stdout.write(f"published {each.name} {each.version}\n")


def attestation(path: Path) -> Path:
    """Where the attestation of a file is."""
    return path.with_name(path.name + ATTESTATION)


def rehearse() -> str:
    """Everything but the signatures and the index itself: what would be uploaded, in which order.

    Returns:
        One line about it.

    Raises:
        ReleaseError: Something is wrong.
        RuntimeError: A program failed.
    """
    distributions = published()
    with tempfile.TemporaryDirectory() as name, LoopbackIndex.in_thread() as index:
        folder = Path(name)
        build(folder, distributions)
        check(folder, distributions)
        files = [path for each in distributions for path in Files.of(each, folder)]
        for path in files:
            attestation(path).write_text("{}", encoding="utf-8")  # in place of a signature
        anybody = ("--trusted-publishing", "never", "--username", "nobody", "--password", "none")
        options = ("--publish-url", index.url, *anybody)
        publish(folder, distributions, options)
    wanted = [each.stem for each in distributions for _ in Files.of(each, folder)]
    if wanted != [_stem(upload.name) for upload in index.uploads]:
        raise ReleaseError(f"uploaded in another order: {[upload.name for upload in index.uploads]}")
    if unsigned := [upload.name for upload in index.uploads if not upload.signed]:
        raise ReleaseError(f"uploaded without an attestation: {', '.join(unsigned)}")
    return f"{len(index.uploads)} files of {len(distributions)} distributions, {distributions[0].name} first"


def _stem(file: str) -> str:
    return file.removesuffix(".tar.gz").removesuffix("-py3-none-any.whl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one part; 1 and the reasons when it cannot be done."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parts = parser.add_subparsers(dest="part", required=True)
    for part in ("build", "check", "publish"):
        options = parts.add_parser(part)
        options.add_argument("folder", type=Path, metavar="DIST")
        options.add_argument("--only", nargs="+", default=[], metavar="NAME")
        options.add_argument("--tag", default="")
    parts.add_parser("rehearse")
    given = parser.parse_args(arguments)
    try:
        if given.part == "rehearse":
            sys.stdout.write(f"{rehearse()}\n")
            return 0
        distributions = chosen(given.only)
        if given.part == "build":
            build(given.folder, distributions)
        elif given.part == "check":
            check(given.folder, distributions, given.tag)
        else:
            publish(given.folder, distributions)
    except (ReleaseError, RuntimeError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def chosen(names: Sequence[str]) -> tuple[Distribution, ...]:
    """All that are published, or those of these names, in order.

    Raises:
        ReleaseError: There is none of that name.
    """
    everything = published()
    if unknown := set(names) - {each.name for each in everything}:
        raise ReleaseError(f"no distribution is called {', '.join(sorted(unknown))}")
    return tuple(each for each in everything if not names or each.name in names)


if __name__ == "__main__":
    sys.exit(main())
