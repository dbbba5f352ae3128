"""What is fuzzed: bytes in; out comes an answer or an error of ours."""
# ruff: noqa: INP001 - a script and its target, not a package

import contextlib

from swarmwire import convert, engine, pb
from swarmwire.errors import SwarmwireError

TO_GRPC = (
    (engine.ServiceSpec, convert.service_spec_to_grpc),
    (engine.NodeSpec, convert.node_spec_to_grpc),
    (engine.SecretSpec, convert.secret_spec_to_grpc),
    (engine.ConfigSpec, convert.config_spec_to_grpc),
    (engine.NetworkCreateRequest, convert.network_create_to_grpc),
    (engine.SwarmSpec, convert.swarm_spec_to_grpc),
    (engine.VolumeCreateRequest, convert.volume_create_to_grpc),
)
FROM_GRPC = (
    (pb.Service, convert.service_from_grpc),
    (pb.Task, convert.task_from_grpc),
    (pb.Node, convert.node_from_grpc),
    (pb.Secret, convert.secret_from_grpc),
    (pb.Config, convert.config_from_grpc),
    (pb.Network, convert.network_from_grpc),
    (pb.Cluster, convert.swarm_from_grpc),
    (pb.Volume, convert.volume_from_grpc),
    (pb.ServiceSpec, convert.service_spec_from_grpc),
)
# Read and written only: no conversion takes them.
OBJECTS = (engine.Service, engine.Task, engine.Node, engine.Swarm, engine.Volume, engine.SwarmInfo)
TARGETS = len(TO_GRPC) + len(FROM_GRPC) + len(OBJECTS)


def run(data: bytes) -> None:
    """Put ``data`` through the conversion that its first byte chooses."""
    if not data:
        return
    chosen = data[0] % TARGETS
    with contextlib.suppress(SwarmwireError):
        if chosen < len(TO_GRPC):
            object_to_message(chosen, data[1:])
        elif chosen < len(TO_GRPC) + len(FROM_GRPC):
            message_to_object(chosen - len(TO_GRPC), data[1:])
        else:
            read_and_write(OBJECTS[chosen - len(TO_GRPC) - len(FROM_GRPC)], data[1:])


def object_to_message(chosen: int, data: bytes) -> None:
    """JSON to object to message; a service spec as an older client's too."""
    struct, to_grpc = TO_GRPC[chosen]
    value = read_and_write(struct, data)
    if isinstance(value, engine.ServiceSpec):
        engine.adjust_for_api_version(value, "1.24")
        back = convert.service_spec_from_grpc(convert.service_spec_to_grpc(value))
        engine.encode(back)
        return
    to_grpc(value).SerializeToString()


# A float of minus zero loses its sign when it is read again: docs/fidelity.md
MINUS_ZERO = b":-0"


def message_to_object(chosen: int, data: bytes) -> None:
    """Bytes to message to object to JSON, and read again."""
    message_type, from_grpc = FROM_GRPC[chosen]
    value = from_grpc(pb.parse(message_type, data, []))
    text = engine.encode(value)
    if engine.encode(engine.decode(text, type(value))) != text and MINUS_ZERO not in text:
        raise AssertionError("read again, it is another object")


def read_and_write(struct: type, data: bytes) -> object:
    """JSON to object to JSON; what we write we read as the same."""
    value = engine.decode(data, struct, [])
    text = engine.encode(value)
    if engine.encode(engine.decode(text, struct)) != text and MINUS_ZERO not in text:
        raise AssertionError("read again, it is another object")
    return value
