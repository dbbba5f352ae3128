"""Deep copies of objects: through msgspec and back, many times faster than ``copy.deepcopy``."""

from copy import deepcopy
from typing import Any, TypeVar

import msgspec

_Object = TypeVar("_Object", bound=msgspec.Struct)

_encoder = msgspec.msgpack.Encoder(enc_hook=float)
_decoders: dict[type, msgspec.msgpack.Decoder[Any]] = {}


def deep_copy(value: _Object) -> _Object:
    """An equal object that shares nothing with ``value``."""
    cls = type(value)
    decoder = _decoders.get(cls)
    if decoder is None:
        decoder = _decoders[cls] = msgspec.msgpack.Decoder(cls)
    try:
        copied: _Object = decoder.decode(_encoder.encode(value))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        # a hand-built object that holds what its type does not allow
        return deepcopy(value)
    return copied
