"""Floats of 32 bits, as Go's encoding/json writes them.

A float32 becomes the Python number that JSON encoders print like Go does: a whole one an int, any
other the shortest float that still is the same float32. The few that they print otherwise become
a ``GoFloat``, for which the encoder asks.
"""

import struct
from functools import lru_cache
from math import copysign, inf, isfinite


class GoFloat(float):
    """A float32 whose text in Go is not the one in Python."""

    __slots__ = ()


def normalised(number: float) -> float:
    """``number`` cut to 32 bits, in the form that is printed right."""
    if not number:
        return 0 if copysign(1, number) > 0 else GoFloat(number)
    return _normalised(number)


@lru_cache(256)
def _normalised(number: float) -> float:
    try:
        text = shortest_float32(number)
    except ValueError:
        return GoFloat(number)
    if "e" not in text and "." not in text:
        return int(text) if abs(number) < 2**63 else GoFloat(number)
    value = float(text)
    # encoders turn to exponents below 1e-5, Go below 1e-6; Go writes their plus sign
    return GoFloat(value) if "e+" in text or 1e-6 <= abs(value) < 1e-5 else value


def shortest_float32(number: float) -> str:
    """The text that Go's encoding/json writes for a float32.

    Raises:
        ValueError: no number, or infinite; Go refuses both.
    """
    rounded = _rounded(number)
    if not isfinite(rounded):
        raise ValueError("unsupported value")
    if rounded == 0:
        return "-0" if str(rounded)[0] == "-" else "0"
    for digits in range(1, 10):
        text = f"{rounded:.{digits - 1}e}"
        if _rounded(float(text)) == rounded:
            break
    mantissa, _, exponent_text = text.partition("e")
    exponent = int(exponent_text)
    if -7 < exponent < 21:
        return f"{float(text):.{max(0, digits - 1 - exponent)}f}"
    return f"{mantissa}e{exponent:+d}" if exponent > 0 else f"{mantissa}e{exponent}"


def _rounded(number: float) -> float:
    try:
        return float(struct.unpack("<f", struct.pack("<f", number))[0])
    except OverflowError:
        return inf
