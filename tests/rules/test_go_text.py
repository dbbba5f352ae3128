"""Text as Go writes it."""

import pytest

from swarmwire.rules.go_text import general, lower, quote, unicode_name


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (1e-9, "1e-09"),
        (1e-5, "1e-05"),
        (0.0001, "0.0001"),
        (-1.0, "-1"),
        (100.0, "100"),
        (123456.5, "123456.5"),
        (1e6, "1e+06"),
        (123456789.0, "1.23456789e+08"),
        (-9223372036.854776, "-9.223372036854776e+09"),
        (1e100, "1e+100"),
        (float("nan"), "NaN"),
        (float("inf"), "+Inf"),
        (float("-inf"), "-Inf"),
    ],
)
def test_general(number, text):
    assert general(number) == text


def test_quote():
    text = "a\"\\\a\b\f\n\r\t\v\x00\x7f\x85é\u2028\U000e0001\U0001f600\udcff'"
    assert quote(text) == (
        r'"a\"\\\a\b\f\n\r\t\v\x00\x7f\u0085é\u2028\U000e0001'
        "\U0001f600"
        r"\xff'"
        '"'
    )
    assert quote("é\U0001f600~", ascii_only=True) == r'"\u00e9\U0001f600~"'
    assert quote("'\"", mark="'") == r"""'\'"'"""


def test_unicode_name():
    assert unicode_name("}") == "U+007D '}'"
    assert unicode_name("\u2028") == "U+2028"


def test_lower_keeps_the_number_of_characters():
    assert lower("\u0130A\u03a3") == "ia\u03c3"
