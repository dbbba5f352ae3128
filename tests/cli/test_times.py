"""Times as people write them, and as the store has them."""

import pytest

from swarmwire.cli.times import age, parse_time

SECOND = 10**9


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01T00:00:01Z", SECOND),
        ("1970-01-01t00:00:01z", SECOND),
        ("1970-01-01 01:00:01+01:00", SECOND),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T00:00:00.5Z", SECOND // 2),
        ("1970-01-01", 86_400 * SECOND - 1),
        ("9999-12-31", 253_402_300_800 * SECOND - 1),
        ("2026-11-22T09:11:22.11999985Z", 1_795_338_682_119_999_850),
    ],
)
def test_times_and_dates(text, nanoseconds):
    assert parse_time(text) == nanoseconds


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-13-01", "2026-01-31T12:00:00", "2026-01-31T25:00:00Z", "1e9"],
)
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match=r"^neither a date nor a time"):
        parse_time(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.5, "just now"),
        (1, "1 second ago"),
        (59, "59 seconds ago"),
        (3_600, "1 hour ago"),
        (200_000, "2 days ago"),
        (-5, "in the future, by this machine's clock"),
    ],
)
def test_ages(seconds, text):
    assert age(1000 * SECOND, 1000 + seconds) == text


def test_an_age_that_is_not_known():
    assert age(None, 1.0) == ""
