"""What lists have in common: filters that a manager knows, and the order of what it finds."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from swarmwire.control.selection import selected
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.filters import Filters, MalformedFilters
from swarmwire.gateway.message import JSON, Response, json_response
from swarmwire.gateway.routing import Handler, RoutedRequest
from swarmwire.gateway.showing import NAMES
from swarmwire.gateway.view import ClientView


def filters_of(context: GatewayContext, routed: RoutedRequest, *, older: int = 500) -> Filters:
    """The parameter ``filters``.

    Args:
        context: of the gateway.
        routed: the request.
        older: the status of releases before 23.0 for filters that have neither form.

    Raises:
        MalformedFilters: they have neither form.
        RequestRefused: 400.
    """
    routed.parameters.refuse_malformed()
    try:
        return Filters.of(routed.parameters.text("filters"))
    except MalformedFilters:
        if context.release.has("23.0"):
            raise
        raise MalformedFilters(older) from None


def picked(
    kind: str, objects: Iterable[Any], filters: Any, *, by_name: Collection[str]
) -> list[Any]:
    """The objects that a manager selects; by name if it looks for names, else by id."""
    found = selected(kind, objects, filters)
    if by_name:
        found.sort(key=lambda one: (NAMES[kind](one).lower(), one.id))
    return found


def list_response(pieces: Sequence[bytes]) -> Response:
    """A list of JSON in pieces."""
    return Response(200, (*pieces, b"\n"), {"Content-Type": JSON})


def inspecting(kind: str) -> Handler:
    """What shows one object by its id, its name, or the beginning of its id."""

    async def handle(context: GatewayContext, routed: RoutedRequest) -> Response:
        view = context.view(routed)
        one = await view.found_anywhere(context.control, kind, routed.variables["id"])
        return json_response(view.json(kind, one))

    return handle


async def everything(view: ClientView, kind: str) -> Response:
    """All objects of a kind that a client sees, of those that are listed at all."""
    pieces = view.all_pieces(kind)
    return list_response(
        pieces if pieces is not None else await view.everything(kind, view.objects(kind))
    )
