"""Write docs/releases.md from the tables of releases; --check fails on a difference."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from swarmwire import engine
from swarmwire.engine.versions import SINCE
from swarmwire.releases import Release
from swarmwire.releases.fields import ALWAYS_WRITTEN, EARLIER, FIRST, LAST, LEFT_OUT
from swarmwire.releases.messages import FIRST as FIRST_MESSAGES
from swarmwire.releases.quirks import QUIRKS, does
from swarmwire.releases.release import WITHIN

PAGE = Path(__file__).parents[1] / "docs" / "releases.md"

_OLDEST = engine.RELEASES[0].name

_HEAD = """\
# What each release of the engine does differently

This page is made from the tables in `src/swarmwire/releases`; `make docs` writes it anew. Each
section says what that release does, compared with the newest. `--engine` and `release=` take a
name of this page, or any version: `20.10.24`, `26.0.2`, `v28.5.2`.

| release | measured | newest API | oldest API |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = "".join(
        f"| {_link(each)} | {each.version} | {each.api_version} | {each.oldest_api_version} |\n"
        for each in reversed(engine.RELEASES)
    )
    rows += "\nVersions that differ from the release to which they belong:\n\n"
    rows += "".join(
        f"- from {'.'.join(f'{part:02}' for part in first)} on, taken for {name}: {note}\n"
        for first, name, note in WITHIN
        if note
    )
    older = [each for each in reversed(engine.RELEASES) if not each.is_newest]
    return _HEAD + rows + "".join("".join(_section(each)) for each in older)


def _section(release: Release) -> Iterator[str]:
    yield f"\n## {release.name}\n"
    quirks = [quirk.what for quirk in QUIRKS if does(release, quirk.name)]
    if not release.short_escapes:
        quirks.append(
            "U+0008 and U+000C are written as `\\u0008` and `\\u000c`: it is built with Go"
            f" {release.go}, which knows no `\\b` and `\\f`."
        )
    if quirks:
        yield "\nIt behaves differently:\n\n"
        yield from (f"- {what}\n" for what in quirks)
    unknown = [name for name in FIRST if not release.has(name)]
    if unknown:
        yield "\nFields of the API that it does not know, and silently drops:\n\n"
        yield from (f"- {_listed(FIRST[name])} (from {name} on)\n" for name in unknown)
    gone = [fields for last, fields in LAST.items() if release.has(_OLDEST, last)]
    if gone:
        yield f"\nFields that it knows, and the newest does not: {_listed(' '.join(gone))}.\n"
    for table, what in ((ALWAYS_WRITTEN, "shows"), (LEFT_OUT, "leaves out")):
        fields = [field for field, first, last in table if release.has(first, last)]
        if fields:
            listed = _listed(" ".join(fields))
            yield f"\nFields that it {what} when they are empty: {listed}.\n"
    moved = [(field, follower) for field, follower, last in EARLIER if release.has(_OLDEST, last)]
    if moved:
        listed = ", ".join(f"`{field}` before `{follower}`" for field, follower in moved)
        yield f"\nFields that stand further in front: {listed}.\n"
    stored = [name for name in FIRST_MESSAGES if not release.has(name)]
    if stored:
        yield "\nFields that its managers cannot store:\n\n"
        yield from (f"- {_listed(FIRST_MESSAGES[name])} (from {name} on)\n" for name in stored)
    yield "\n" + _clients(release)


def _clients(release: Release) -> str:
    newest = tuple(map(int, release.api_version.split(".")))
    cleared = [since for since in SINCE if since.version <= newest]
    if not cleared:
        return "It clears nothing for older clients.\n"
    return (
        f"For older clients it clears {len(cleared)} fields; the first of them below API"
        f" {'.'.join(map(str, cleared[0].version))}.\n"
    )


def _listed(fields: str) -> str:
    return ", ".join(f"`{field}`" for field in fields.split())


def _link(release: Release) -> str:
    name = release.name
    return name if release.is_newest else f"[{name}](#{name.replace('.', '')})"


def main() -> int:
    """Write the page, or compare it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true")
    wanted = page()
    if parser.parse_args().check:
        if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != wanted:
            print(f"docs/{PAGE.name} is not what the tables say: run make docs", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
