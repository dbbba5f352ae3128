"""What every public conversion has around it: no input makes it raise anything but our errors.

The conversions themselves check nothing that protobuf checks. Only when it refuses a value do we
look for the field that holds it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import msgspec

from swarmwire.engine import EngineObject
from swarmwire.engine.lenient import steps_of
from swarmwire.errors import ConvertError, FieldError, UnknownRelease
from swarmwire.expected import mismatch
from swarmwire.releases import AnyRelease, as_release

_In = TypeVar("_In")
_Out = TypeVar("_Out")
_P = ParamSpec("_P")


def entry(
    accepted: type[_In], older: Callable[..., Any]
) -> Callable[[Callable[Concatenate[_In, _P], _Out]], Callable[Concatenate[_In, _P], _Out]]:
    """Make a conversion public: it takes an ``accepted`` and raises only swarmwire's errors.

    Its argument ``release`` is answered here: for any but the newest, ``older`` is called with the
    conversion, its argument, the release and the other options.
    """

    def public(convert: Callable[Concatenate[_In, _P], _Out]) -> Callable[..., _Out]:
        @wraps(convert)
        def checked(value: _In, *args: _P.args, **options: _P.kwargs) -> _Out:
            if not isinstance(value, accepted):
                raise ConvertError("type", mismatch(value, accepted))
            try:
                if options and (given := options.pop("release", None)) is not None:
                    release = as_release(cast("AnyRelease", given))
                    if not release.is_newest:
                        answer: _Out = older(convert, value, release, *args, **options)
                        return answer
                return convert(value, *args, **options)
            except (FieldError, UnknownRelease):
                raise
            except Exception as err:
                raise refused(value, err) from err

        return checked

    return public


def refused(value: Any, err: Exception) -> ConvertError:
    """The error for the field of a hand-built ``value`` that protobuf did not take.

    msgspec finds the field. It cannot find a lone surrogate; that error has no path. The value
    itself is not shown: it may be a secret.
    """
    if isinstance(value, EngineObject):
        try:
            msgspec.convert(msgspec.to_builtins(value), type(value))
        except msgspec.ValidationError as found:
            return _located(str(found))
        except Exception as unfit:  # noqa: BLE001 - to_builtins raises what the value's own code does
            return ConvertError("type", _safe_reason(unfit))
    return ConvertError("type", _safe_reason(err))


def _located(text: str) -> ConvertError:
    reason, _, place = text.partition(" - at `$")
    return ConvertError("type", reason, *steps_of(place))


def _safe_reason(err: Exception) -> str:
    if isinstance(err, UnicodeEncodeError):
        return "a text with a lone surrogate cannot be stored"
    if isinstance(err, RecursionError):
        return "nested too deeply"
    return f"a value that cannot be converted ({type(err).__name__})"
