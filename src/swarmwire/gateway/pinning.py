"""Images of old clients, which leave it to the engine to pin them to a digest.

Source: moby daemon/cluster/services.go, imageWithDigestString and digestWarning.
"""

from typing import Final

import msgspec

from swarmwire import pb
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.message import RequestRefused
from swarmwire.gateway.routing import RoutedRequest
from swarmwire.images import check_image, parse_image, pinned_image, tagged_image

_PINNED_BY_CLIENTS_SINCE: Final = (1, 30)


class _Descriptor(msgspec.Struct):
    digest: str


class _Described(msgspec.Struct):
    descriptor: _Descriptor = msgspec.field(name="Descriptor")


async def pin_for_old_clients(
    context: GatewayContext,
    routed: RoutedRequest,
    message: pb.ServiceSpec,
    stored: pb.Service | None = None,
) -> list[str]:
    """Pin the image of a spec as an engine does for clients that do not; the warnings.

    For what is going to be refused nothing is asked: the credentials may be somebody else's, or
    have been given for another registry.

    Args:
        context: knows registries, or none.
        routed: the request; newer clients are left alone.
        message: the spec that will be sent, with its credentials.
        stored: the service that is updated; None if it is new.
    """
    container = message.task.container
    if routed.version >= _PINNED_BY_CLIENTS_SINCE:
        return []
    try:
        check_image(container.image)
    except ValueError:
        return [_warning(container.image)]
    reference = parse_image(container.image)
    if reference is None:
        return []  # an id: there is nothing to pin
    if reference.digest:
        container.image = reference.familiar
        return []
    digest = await _digest(context, routed, message, stored)
    if not digest:
        return [_warning(container.image)]
    container.image = pinned_image(tagged_image(container.image), digest)
    return []


async def _digest(
    context: GatewayContext,
    routed: RoutedRequest,
    message: pb.ServiceSpec,
    stored: pb.Service | None,
) -> str:
    """What an image's tag stands for; nothing if nobody may be asked, or nobody knows it."""
    permission = routed.request.permission
    lookups, limits = context.lookups, routed.request.limits
    if lookups is None or not permission.may_read("distribution"):
        return ""
    if lookups.is_busy(limits):
        return ""  # writes that wait would be kept although their client has left
    container = message.task.container
    if permission.judge_image(container.image) or _is_refused(routed, message, stored):
        return ""
    try:
        auth = container.pull_options.registry_auth
        answer = await lookups.describe(limits, container.image, auth)
        return msgspec.json.decode(answer, type=_Described).descriptor.digest
    except (RequestRefused, msgspec.MsgspecError):
        return ""


def _is_refused(routed: RoutedRequest, message: pb.ServiceSpec, stored: pb.Service | None) -> bool:
    """Whether the write is refused whatever the image's digest is."""
    operation = "service.create" if stored is None else "service.update"
    found = routed.request.permission.judge_write(operation, "service", message, stored)
    return any(one.rule != "image.digest" for one in found)


def _warning(image: str) -> str:
    return (
        f"image {image} could not be accessed on a registry to record\nits digest. Each node will"
        f" access {image} independently,\npossibly leading to different nodes running different\n"
        "versions of the image.\n"
    )
