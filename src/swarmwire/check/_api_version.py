"""What an engine takes out of a request that names an older API version."""

from typing import Any, Final

from swarmwire import engine
from swarmwire.check._draft import Draft
from swarmwire.check._finding import Report
from swarmwire.check._objects import differences, pattern_of
from swarmwire.engine.versions import (
    NETWORKS_UNTIL,
    NEWEST,
    OLDEST,
    SINCE,
    adjust_for_api_version,
    parse_version,
)
from swarmwire.errors import ConvertError
from swarmwire.releases import Release

_NEEDED: Final = {since.path: since.version for since in SINCE}
_NEWEST: Final = parse_version(NEWEST)
_LAST_CHANGE: Final = max(_NEEDED.values())
_LONGEST: Final = 32

CONSEQUENCE: Final = {
    "Mode.ReplicatedJob": "; the job becomes a service with one replica, started again for ever",
    "Mode.GlobalJob": "; the job becomes a service with one replica, started again for ever",
}
"""What comes of a field that is dropped, where that is more than its loss."""


def known_version(text: Any, release: Release) -> str:
    """The API version that ``text`` names; none at all is the newest that the release serves.

    Raises:
        ConvertError: kind "type": not a text; kind "unsupported": not a version that such an
            engine serves.

    Source: moby daemon/server/middleware, VersionMiddleware.
    """
    if not isinstance(text, str):
        raise ConvertError("type", f"expected an API version, got {type(text).__name__}")
    newest = release.api_version
    if text in ("", newest):
        return newest
    oldest = OLDEST if release.is_newest else release.oldest_api_version
    version = parse_version(text) if len(text) <= _LONGEST else ()
    if version < parse_version(oldest):
        reason = f"client version {text[:_LONGEST]} is too old."
        raise ConvertError("unsupported", f"{reason} Minimum supported API version is {oldest}")
    if version > parse_version(newest):
        reason = f"client version {text} is too new."
        raise ConvertError("unsupported", f"{reason} Maximum supported API version is {newest}")
    return text


def report_api_version(draft: Draft, api_version: str, release: Release, report: Report) -> None:
    """Take out of the draft what the engine takes out, and report each value."""
    version = _NEWEST if api_version == NEWEST else parse_version(api_version)
    if version >= _LAST_CHANGE and not draft.value.networks:
        return
    given: engine.ServiceSpec = draft.value
    draft.replace(adjust_for_api_version(given, api_version, release=release))
    for one in differences(given, draft.value):
        if one.steps == ("Networks",):
            _report_networks(given, version, report)
            continue
        pattern = pattern_of(one.steps)
        major, minor = _NEEDED[pattern]
        report.add(
            "lost",
            draft.origin(one.steps),
            f"API version {api_version} does not know this field: the engine drops it"
            f"{CONSEQUENCE.get(pattern, '')}",
            source="api-version",
            code="api-version-dropped",
            fix=f"needs API version {major}.{minor} or newer",
        )


def _report_networks(given: engine.ServiceSpec, version: tuple[int, ...], report: Report) -> None:
    since = ".".join(map(str, NETWORKS_UNTIL))
    joined = given.task_template.networks
    if version < NETWORKS_UNTIL and not joined:
        report.add(
            "hint",
            ("Networks",),
            f"from API version {since} on, the engine passes over Networks at the top level",
            source="api-version",
            code="api-version-moved",
            fix="move them to TaskTemplate.Networks",
        )
        return
    if version < NETWORKS_UNTIL:
        rule = "the engine passes over Networks where there are TaskTemplate.Networks"
    else:
        rule = f"from API version {since} on, the engine passes over Networks at the top level"
        rule += "" if joined else "; the service joins no network"
    report.add(
        "lost",
        ("Networks",),
        rule,
        source="api-version",
        code="api-version-dropped",
        fix="add them to TaskTemplate.Networks" if joined else "move them to TaskTemplate.Networks",
    )
