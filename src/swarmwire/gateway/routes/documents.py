"""Secrets and configs, which differ in little.

Source: moby daemon/cluster/secrets.go and configs.go.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from swarmwire import convert, engine, pb
from swarmwire.gateway.context import GatewayContext
from swarmwire.gateway.message import RequestRefused, Response, json_response
from swarmwire.gateway.reading import read_json
from swarmwire.gateway.routes.listing import everything, filters_of, list_response, picked
from swarmwire.gateway.routing import Handler, RoutedRequest

_TEMPLATES_SINCE = (1, 37)


class DocumentKind(NamedTuple):
    """What secrets and configs differ in.

    Attributes:
        word: as users call it.
        spec: what is asked of one.
        convert: the message of that.
        filters: by which lists are filtered.
        selection: what a manager is told of filters.
    """

    word: str
    spec: type[Any]
    convert: Callable[..., Any]
    filters: tuple[str, ...]
    selection: type[Any]

    def requested(self, verb: str, **fields: Any) -> Any:
        """A request to the manager: ``CreateSecretRequest``."""
        return getattr(pb, f"{verb}{self.word.capitalize()}Request")(**fields)

    def method(self, context: GatewayContext, verb: str) -> Callable[[Any], Any]:
        """The method of the manager: ``create_secret``."""
        found: Callable[[Any], Any] = getattr(context.control, f"{verb}_{self.word}")
        return found


SECRETS = DocumentKind(
    "secret",
    engine.SecretSpec,
    convert.secret_spec_to_grpc,
    ("names", "name", "id", "label"),
    pb.ListSecretsRequest.Filters,
)
CONFIGS = DocumentKind(
    "config",
    engine.ConfigSpec,
    convert.config_spec_to_grpc,
    ("name", "id", "label"),
    pb.ListConfigsRequest.Filters,
)


def listing(kind: DocumentKind) -> Handler:
    """What lists them."""

    async def handle(context: GatewayContext, routed: RoutedRequest) -> Response:
        filters = filters_of(context, routed)
        filters.refuse_others(kind.filters, context.release)
        view = context.view(routed)
        if not filters:
            return await everything(view, kind.word)
        selection = kind.selection(
            names=filters.get("names"),
            name_prefixes=filters.get("name"),
            id_prefixes=filters.get("id"),
            labels=filters.labels(),
        )
        by_name = filters.get("name") or filters.get("names")
        found = picked(kind.word, view.objects(kind.word), selection, by_name=by_name)
        return list_response(await view.everything(kind.word, found))

    return handle


def creating(kind: DocumentKind) -> Handler:
    """What makes a new one."""

    async def handle(context: GatewayContext, routed: RoutedRequest) -> Response:
        spec = read_json(routed.request, kind.spec, context.release)
        if spec.templating is not None and routed.version < _TEMPLATES_SINCE:
            text = "templating is not supported on the specified API version"
            raise RequestRefused(400, f"{kind.word} {text}: {routed.version_text}")
        message = kind.convert(spec, release=context.release)
        request = kind.requested("Create", spec=message)
        async with context.turn(routed, message):
            context.judge(routed, f"{kind.word}.create", kind.word, message, None)
            one = getattr(await kind.method(context, "create")(request), kind.word)
            context.mirror.put(kind.word, one)
        return json_response(engine.encode({"ID": one.id}), 201)

    return handle


def updating(kind: DocumentKind) -> Handler:
    """What gives one other labels: managers take no other change."""

    async def handle(context: GatewayContext, routed: RoutedRequest) -> Response:
        spec = read_json(routed.request, kind.spec, context.release)
        version = routed.parameters.version(kind.word, quoted=False)
        old = await context.stored(routed, kind.word, routed.variables["id"])
        message = kind.convert(spec, release=context.release)
        context.judge(routed, f"{kind.word}.update", kind.word, message, old)
        context.refuse_outdated(routed, version, old)
        request = kind.requested("Update", spec=message)
        setattr(request, f"{kind.word}_id", old.id)
        getattr(request, f"{kind.word}_version").index = version
        one = getattr(await kind.method(context, "update")(request), kind.word)
        context.mirror.put(kind.word, one)
        return Response()

    return handle


def removing(kind: DocumentKind) -> Handler:
    """What takes one away."""

    async def handle(context: GatewayContext, routed: RoutedRequest) -> Response:
        old = await context.stored(routed, kind.word, routed.variables["id"])
        context.judge(routed, f"{kind.word}.remove", kind.word, None, old)
        request = kind.requested("Remove", **{f"{kind.word}_id": old.id})
        await kind.method(context, "remove")(request)
        context.mirror.drop(kind.word, old.id)
        return Response(204)

    return handle
