"""`make soak`, for some seconds."""

from benchmarks.soak import soak


def test_a_gateway_under_load_answers_and_does_not_grow():
    told = []
    result = soak(6, 6, told.append)
    assert result.problems == []
    assert "_write" in told[-1]
    assert "_poll" in told[-1]
