"""Which releases there are, in their order, and how a version finds its own."""

import re
from functools import cache
from typing import Final

import msgspec
from msgspec.structs import replace

from swarmwire.errors import UnknownRelease


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One release of the engine, or a commit of it.

    Attributes:
        name: what it is called here: ``20.10``.
        version: the very version that was measured: ``20.10.24``.
        api_version: the newest API version that it serves.
        oldest_api_version: the oldest API version that it serves.
        go: the Go release that it is built with; empty if not known.
        note: what differs between this release and the version that was asked for; empty if
            nothing does.
        lacks: fields of SwarmKit's messages that the release knows and this version does not.
    """

    name: str
    version: str
    api_version: str
    oldest_api_version: str
    go: str = ""
    note: str = ""
    lacks: frozenset[str] = frozenset()

    @property
    def place(self) -> int:
        """Its place among all releases, the oldest being 0."""
        return _PLACES[self.name]

    @property
    def is_newest(self) -> bool:
        """Whether it is the one that everything follows by default."""
        return self.name == NEWEST.name

    @property
    def short_escapes(self) -> bool:
        r"""Whether it writes ``\b`` and ``\f`` in texts: built with Go 1.22 or later."""
        return not self.go or tuple(map(int, self.go.split(".")[:2])) >= (1, 22)

    def has(self, first: str, last: str = "") -> bool:
        """Whether it is ``first`` or later, and ``last`` or earlier if that is given."""
        place = self.place
        return _PLACES[first] <= place and (not last or place <= _PLACES[last])

    def __str__(self) -> str:
        return self.name

    @property
    def is_released(self) -> bool:
        """Whether it can be installed; else it is a commit, known by its measured answers."""
        return self.version.replace(".", "").isdecimal()


def _release(name: str, version: str, api_version: str, oldest: str, go: str = "") -> Release:
    return Release(
        name=name, version=version, api_version=api_version, oldest_api_version=oldest, go=go
    )


RELEASES: Final = (
    _release("87e1464c43", "87e1464c43", "1.31", "1.12", "1.8"),
    _release("17.12", "17.12.1", "1.35", "1.12", "1.9"),
    _release("18.09", "18.09.9", "1.39", "1.12", "1.11"),
    _release("19.03", "19.03.15", "1.40", "1.12", "1.13"),
    _release("20.10", "20.10.24", "1.41", "1.12", "1.19"),
    _release("23.0", "23.0.18", "1.42", "1.12", "1.23"),
    _release("24.0", "24.0.9", "1.43", "1.12", "1.20"),
    _release("25.0", "25.0.16", "1.44", "1.24", "1.25"),
    _release("26.1", "26.1.5", "1.45", "1.24", "1.21"),
    _release("27.5", "27.5.1", "1.47", "1.24", "1.22"),
    _release("28.5", "28.5.2", "1.51", "1.24", "1.24"),
    _release("29.0", "29.0.0", "1.52", "1.44"),
    _release("29", "29", "1.56", "1.40", "1.26"),
)
"""Every release, oldest first. The last is the default everywhere.

Source: moby, the tags of these versions, api/common.go and Dockerfile; ``29`` is commit b985e231.
"""

NEWEST: Final = RELEASES[-1]

_PLACES: Final = {each.name: place for place, each in enumerate(RELEASES)}

WITHIN: Final[tuple[tuple[tuple[int, ...], str, str], ...]] = (
    # first version, release, and what its versions do that the measured one does not
    ((17, 6), "17.12", "before 17.12 there is no Isolation and no driver of secrets"),
    ((17, 12), "17.12", ""),
    ((18, 1), "17.12", "18.03 also knows SCTP, and shows ContainerStatus only where there is one"),
    ((18, 6), "18.09", "18.06 has no address pools of its own"),
    ((18, 9), "18.09", ""),
    ((19, 3), "19.03", ""),
    ((20, 10), "20.10", ""),
    ((22, 6), "23.0", "a version on the way to 23.0"),
    ((23, 0), "23.0", ""),
    ((24, 0), "24.0", ""),
    ((25, 0), "25.0", ""),
    ((25, 0, 0), "25.0", "before 25.0.12 its managers know neither OomScoreAdj nor Subpath"),
    ((25, 0, 12), "25.0", ""),
    ((26, 0), "26.1", "26.0 knows VolumeOptions.Subpath and does not store it"),
    ((26, 1), "26.1", ""),
    ((27, 0), "27.5", ""),
    ((28, 0), "28.5", ""),
    ((29, 0), "29.0", ""),
    (
        (29, 2),
        "29",
        "before 29.3 no client below API 1.44 is served, and a lost Placement crashes it",
    ),
    ((29, 3), "29", "before 29.7 a lost Placement crashes the restart rule"),
    ((29, 7), "29", ""),
)
"""Versions by the release that they belong to: the first of them, and how they differ from it."""


_LACKS: Final = {
    (25, 0, 0): "ContainerSpec.oom_score_adj VolumeOptions.subpath Network.extra",
    (26, 0): "VolumeOptions.subpath",
}
"""Fields of messages that the versions of a row of ``WITHIN`` lack."""


def release(text: str) -> Release:
    """The release that a name or a version belongs to: ``20.10``, ``v26.0.2``, ``28.5.2+dfsg1``.

    Where the version differs from the release, ``note`` says how. A version newer than all of them
    is taken for the newest, and the note says so.

    Raises:
        UnknownRelease: no version, or one older than all of them.
    """
    if not isinstance(text, str):
        raise UnknownRelease(f"expected the name of a release, got {type(text).__name__}")
    return _found(text.strip())


@cache
def _found(text: str) -> Release:
    if text in _PLACES:
        return RELEASES[_PLACES[text]]
    found = re.match(r"(?:docker-)?v?(\d{2})(?:\.(\d+))?(?:\.(\d+))?(?:[.+~-]|$)", text)
    names = ", ".join(each.name for each in RELEASES if each.is_released)
    if found is None:
        raise UnknownRelease(f"no release of the engine: {text[:40]!r}; known are {names}")
    version = tuple(int(part or 0) for part in found.groups() if part is not None)
    known = [each for each in WITHIN if each[0] <= (*version, 0)[: max(2, len(version))]]
    if not known:
        raise UnknownRelease(f"{text[:40]} is older than all that is known: {names}")
    first, name, note = known[-1]
    if version[0] > WITHIN[-1][0][0]:
        note = f"newer than all that is known: taken for {name}"
    lacks = frozenset(_LACKS.get(first, "").split())
    return replace(RELEASES[_PLACES[name]], note=note, lacks=lacks)


AnyRelease = Release | str | None
"""What an argument ``release=`` may be: a release, its name, a version; None is the newest."""


def as_release(given: AnyRelease) -> Release:
    """The release that an argument ``release=`` means; None is the newest.

    Raises:
        UnknownRelease: no such release.
    """
    if given is None:
        return NEWEST
    return given if isinstance(given, Release) else release(given)
