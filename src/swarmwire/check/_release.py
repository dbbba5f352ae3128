"""What a release of the engine does not know, and therefore drops."""

from typing import Final

import msgspec

from swarmwire.check._api_version import CONSEQUENCE
from swarmwire.check._draft import Draft
from swarmwire.check._finding import Finding, Report
from swarmwire.check._objects import differences, field_at, parse_path, pattern_of
from swarmwire.engine.shapes import as_known
from swarmwire.releases import Release
from swarmwire.releases.fields import first_of, knows
from swarmwire.spec import Steps

_CODE: Final = "release-dropped"


def report_unknown_fields(draft: Draft, release: Release, report: Report) -> None:
    """Take out of the draft what the release does not know, and report each value."""
    given = draft.value
    known = as_known(given, release)
    for one in differences(given, known):
        steps = draft.origin(one.steps)
        name = field_at(type(given), one.steps)
        if name is None or knows(release, name):
            # what comes of a part that is not known
            continue
        rule, fix = _words(steps, name, release)
        report.add("lost", steps, rule, source="engine", code=_CODE, fix=fix)
    draft.replace(known)


def unknown_to_release(path: str, cls: type[msgspec.Struct], release: Release) -> Finding | None:
    """The finding about a key that only a later release knows; None if no release does."""
    steps = parse_path(path)
    name = field_at(cls, steps)
    if name is None or knows(release, name):
        return None
    rule, fix = _words(steps, name, release)
    return Finding(severity="lost", path=path, rule=rule, source="engine", code=_CODE, fix=fix)


def _words(steps: Steps, name: str, release: Release) -> tuple[str, str]:
    """What is said of a field, and what to do about it."""
    consequence = CONSEQUENCE.get(pattern_of(steps), "")
    rule = f"engine {release} does not know this field: it drops it{consequence}"
    return rule, f"needs engine {first_of(name)} or newer"
