"""Which versions crash from which requests."""

import pytest

from swarmwire.releases.crashes import CRASHES, crashes


@pytest.mark.parametrize(
    ("version", "lost_placement", "sctp"),
    [
        ("17.12.1-ce", False, True),
        ("18.02.0-ce", False, True),
        ("18.03.0-ce", True, False),
        ("v20.10.24+dfsg1", True, False),
        ("29.6", True, False),
        ("29.7.0-rc.1", True, False),
        ("29.7", False, False),
        ("29.10.0", False, False),
        ("", True, True),
        ("dev", True, True),
    ],
)
def test_ranges(version, lost_placement, sctp):
    assert crashes(version, "placement-taken-away") is lost_placement
    assert crashes(version, "sctp-on-ingress") is sctp


def test_what_is_mended_nowhere():
    always = [each.name for each in CRASHES if not (each.first or each.mended)]
    assert len(always) == 6
    assert all(crashes("99.0.0", name) for name in always)
