"""Conversions between Engine API objects and SwarmKit messages, exactly as the engine's.

Each takes one object and returns a new one of the other side. It changes nothing, shares nothing,
and raises nothing but ``swarmwire.errors``.
"""

from swarmwire.convert.config import config_from_grpc, config_spec_to_grpc
from swarmwire.convert.network import (
    network_create_to_grpc,
    network_from_grpc,
    network_inspect_from_grpc,
)
from swarmwire.convert.node import node_from_grpc, node_spec_to_grpc
from swarmwire.convert.secret import secret_from_grpc, secret_spec_to_grpc
from swarmwire.convert.service import (
    generic_resources_from_grpc,
    generic_resources_to_grpc,
    service_from_grpc,
    service_spec_from_grpc,
    service_spec_to_grpc,
)
from swarmwire.convert.service_json import (
    service_json_from_grpc,
    service_list_json_from_grpc,
)
from swarmwire.convert.swarm import swarm_from_grpc, swarm_spec_to_grpc
from swarmwire.convert.task import task_from_grpc
from swarmwire.convert.volume import volume_create_to_grpc, volume_from_grpc

__all__ = [
    "config_from_grpc",
    "config_spec_to_grpc",
    "generic_resources_from_grpc",
    "generic_resources_to_grpc",
    "network_create_to_grpc",
    "network_from_grpc",
    "network_inspect_from_grpc",
    "node_from_grpc",
    "node_spec_to_grpc",
    "secret_from_grpc",
    "secret_spec_to_grpc",
    "service_from_grpc",
    "service_json_from_grpc",
    "service_list_json_from_grpc",
    "service_spec_from_grpc",
    "service_spec_to_grpc",
    "swarm_from_grpc",
    "swarm_spec_to_grpc",
    "task_from_grpc",
    "volume_create_to_grpc",
    "volume_from_grpc",
]
