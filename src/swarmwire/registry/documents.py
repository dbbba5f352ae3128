"""JSON of registries: documents of which a few members count. Pure.

Source: Go encoding/json.
"""

import json
import re
from typing import Any, Final

from swarmwire.rules.go_text import quote

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
ENDS_EARLY: Final = "unexpected end of JSON input"


def member(document: object, name: str) -> Any:
    """A member of an object of JSON, in any case; None if there is none, or it is no object."""
    if not isinstance(document, dict):
        return None
    if name in document:
        return document[name]
    return next((value for key, value in document.items() if key.lower() == name), None)


def cleaned(text: str) -> str:
    """A text as Go reads it: half a pair of surrogates is no character."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def json_kind(value: object) -> str:
    """What Go calls a value of JSON."""
    match value:
        case dict():
            return "object"
        case list():
            return "array"
        case str():
            return "string"
        case bool():
            return "bool"
    return "number"


def read_json(data: bytes) -> object:
    """A text of JSON.

    Raises:
        ValueError: it is none; in Go's words, as far as they are known.
    """
    text = data.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except json.JSONDecodeError as err:
        if err.pos >= len(text.rstrip()) or err.msg.startswith("Unterminated"):
            raise ValueError(ENDS_EARLY) from None
        char = text[err.pos]
        where = " looking for beginning of value" if err.msg == "Expecting value" else ""
        where = " after top-level value" if err.msg == "Extra data" else where
        shown = quote(char, mark="'")
        raise ValueError(f"invalid character {shown}{where}") from None
    except RecursionError:
        raise ValueError("exceeded max depth") from None
