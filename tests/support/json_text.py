"""JSON texts as plain values and back, so that nothing but what a test means to change differs."""

from typing import Any

import msgspec


def plain(text: str | bytes) -> Any:
    """JSON text as plain values, keys in their order, floats in their spelling."""
    return _decoder.decode(text)


def go_text(value: Any) -> str:
    """Plain values as the compact JSON of an engine, keys in the order that they have."""
    text = msgspec.json.encode(value).decode()
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def items(body: bytes) -> list[str]:
    """The objects in a list, each exactly as it stands there."""
    return [bytes(item).decode() for item in msgspec.json.decode(body, type=list[msgspec.Raw])]


_decoder = msgspec.json.Decoder(float_hook=lambda text: msgspec.Raw(text.encode()))
