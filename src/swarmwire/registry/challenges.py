"""What a registry wants before it answers: challenges of ``WWW-Authenticate``. Pure.

Source: docker/distribution registry/client/auth/challenge/authchallenge.go; RFC 7235.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

_WORD: Final = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_SCHEME: Final = re.compile(rf"({_WORD})[ \t]*")
_PARAMETER: Final = re.compile(rf'[ \t]*({_WORD})=(?:({_WORD})|"((?:[^"\\]|\\.)*)")[ \t]*')


class Challenge(NamedTuple):
    """One way in which a registry lets itself be convinced.

    Attributes:
        scheme: in lower case: ``bearer``, ``basic``.
        parameters: by their names in lower case: ``realm``, ``service``, ``error``.
    """

    scheme: str
    parameters: Mapping[str, str]


def read_challenges(headers: Iterable[str]) -> tuple[Challenge, ...]:
    """The challenges of all headers ``WWW-Authenticate``, one each; what is none is passed over."""
    found = (_challenge(header) for header in headers)
    return tuple(each for each in found if each is not None)


def _challenge(header: str) -> Challenge | None:
    scheme = _SCHEME.match(header)
    if scheme is None:
        return None
    parameters: dict[str, str] = {}
    at = scheme.end()
    while (found := _PARAMETER.match(header, at)) is not None:
        value = found[2] or re.sub(r"\\(.)", r"\1", found[3] or "", flags=re.DOTALL)
        if not value:
            break
        parameters[found[1].lower()] = value
        at = found.end()
        if not header.startswith(",", at):
            break
        at += 1
    return Challenge(scheme[1].lower(), parameters)
