"""Services straight to the engine's JSON: the fast way to show many of them.

Nobody sees the objects on the way, so specs may share what they have in common: most of what an
update leaves as it was is converted once.
"""

from collections.abc import Callable
from typing import Any

from swarmwire import engine, pb
from swarmwire.convert import older
from swarmwire.convert._entry import entry
from swarmwire.convert._reading import SharingReading
from swarmwire.convert.service import read_service
from swarmwire.errors import FieldError
from swarmwire.releases import AnyRelease, Release

_Write = Callable[[pb.Service], bytes]


def _json_of_older(_: Any, service: pb.Service, release: Release, **options: Any) -> bytes:
    shown = older.service_from_grpc(_read_sharing, service, release, **options)
    return engine.encode(shown, release=release)


def _read_sharing(service: pb.Service, *, lossless: bool = False) -> engine.Service:
    """A service of the newest release; what it has twice is one object."""
    return read_service(service, SharingReading(lossless=lossless))


def _list_json_of_older(
    _: Any,
    response: bytes,
    release: Release,
    *,
    lossless: bool = False,
    repairs: list[pb.Repair] | None = None,
) -> bytes:
    return _list_json(
        response, repairs, lambda one: _json_of_older(None, one, release, lossless=lossless)
    )


@entry(pb.Service, _json_of_older)
def service_json_from_grpc(
    service: pb.Service, *, lossless: bool = False, release: AnyRelease = None
) -> bytes:
    """A service as the engine's JSON, to the byte.

    The same as ``engine.encode(service_from_grpc(service))``, and faster.

    Raises:
        UnsupportedRuntime, ConvertError: as ``service_from_grpc``.

    Source: moby convert/service.go, ServiceFromGRPC.
    """
    return _service_json(service, lossless)


@entry(bytes, _list_json_of_older)
def service_list_json_from_grpc(
    response: bytes,
    *,
    lossless: bool = False,
    repairs: list[pb.Repair] | None = None,
    release: AnyRelease = None,
) -> bytes:
    """The services of a serialised ListServicesResponse as the engine's JSON list, to the byte.

    Each is parsed, converted and written by itself, so that only one is held as an object. Strings
    that are not UTF-8 are repaired as by ``pb.parse``, and appended to ``repairs``.

    Raises:
        DecodeError: kind "type": ``response`` is no such message, or at ``[index]`` no service.
        UnsupportedRuntime, ConvertError: as ``service_from_grpc``, under ``[index]``.

    Source: moby convert/service.go, ServiceFromGRPC.
    """
    return _list_json(response, repairs, lambda service: _service_json(service, lossless))


def _list_json(response: bytes, repairs: list[pb.Repair] | None, write: _Write) -> bytes:
    listed = pb.parse(pb.ListResponse, response).objects
    texts: list[bytes] = []
    try:
        for data in listed:
            found: list[pb.Repair] = []
            service = pb.parse(pb.Service, data, found)
            if found and repairs is not None:
                repairs += [pb.Repair(f"services[{len(texts)}].{path}", was) for path, was in found]
            texts.append(write(service))
    except FieldError as err:
        raise err.under(len(texts)) from None
    return b"[%b]" % b",".join(texts)


def _service_json(service: pb.Service, lossless: bool) -> bytes:
    return engine.encode(_read_sharing(service, lossless=lossless))
