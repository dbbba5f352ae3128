"""What runs in a task of the plugin runtime: a message within the message.

Source: moby daemon/cluster/internal/runtime.
"""

from typing import Final

from swarmwire import engine, pb
from swarmwire.convert._nested import fill_each
from swarmwire.errors import ConvertError, DecodeError

PLUGIN_KIND: Final = "plugin"
PLUGIN_TYPE_URL: Final = "types.docker.com/RuntimePlugin"


def plugin_spec_to_grpc(spec: engine.RuntimeSpec, out: pb.GenericRuntimeSpec) -> None:
    """Source: moby internal/runtime, FromAPI; convert/service.go, ServiceSpecToGRPC."""
    payload = pb.PluginSpec(
        name=spec.name, remote=spec.remote, disabled=spec.disabled, env=spec.env
    )
    fill_each("privileges", spec.privileges, payload.privileges, _privilege_to_grpc)
    out.kind = PLUGIN_KIND
    out.payload.type_url = PLUGIN_TYPE_URL
    out.payload.value = payload.SerializeToString()


def plugin_spec_from_grpc(generic: pb.GenericRuntimeSpec) -> engine.RuntimeSpec:
    """The plugin in a generic runtime's payload.

    Raises:
        ConvertError: kind "crash", no path: no payload, on which the engine crashes; kind "type": a
            payload that is no such message.

    Source: moby internal/runtime, ToAPI; convert/service.go, taskSpecFromGRPC.
    """
    if not generic.HasField("payload"):
        raise ConvertError("crash", "a plugin without a payload")
    try:
        spec = pb.parse(pb.PluginSpec, generic.payload.value)
    except DecodeError as err:
        raise ConvertError("type", f"error unmarshalling plugin spec: {err.reason}") from err
    return engine.RuntimeSpec(
        name=spec.name,
        remote=spec.remote,
        privileges=[_privilege_from_grpc(privilege) for privilege in spec.privileges[:]],
        disabled=spec.disabled,
        env=spec.env[:],
    )


def _privilege_to_grpc(privilege: engine.RuntimePrivilege, out: pb.PluginPrivilege) -> None:
    out.name = privilege.name
    out.description = privilege.description
    out.value.extend(privilege.value)


def _privilege_from_grpc(privilege: pb.PluginPrivilege) -> engine.RuntimePrivilege:
    return engine.RuntimePrivilege(
        name=privilege.name, description=privilege.description, value=privilege.value[:]
    )
