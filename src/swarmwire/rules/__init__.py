"""What a SwarmKit manager refuses, what it fills in, and what goes wrong later. Pure.

For each object ``validate_…(message)`` raises the first ``InvalidSpec``, with the manager's code
and words, and ``…_problems(message)`` lists them all. Only what the message itself decides is
here, except in ``…_create`` and ``…_update`` of services: they are given what the manager stores,
and tell which names and ports are taken and what is missing.
"""

from swarmwire.rules._problems import Hazard
from swarmwire.rules.cluster import (
    cluster_spec_problems,
    node_spec_problems,
    validate_cluster_spec,
    validate_node_spec,
)
from swarmwire.rules.defaults import default_cluster_spec, default_service_spec, with_defaults
from swarmwire.rules.hazards import (
    network_spec_hazards,
    service_spec_hazards,
    service_spec_update_hazards,
)
from swarmwire.rules.network import network_spec_problems, validate_network_spec
from swarmwire.rules.secret_config import (
    config_spec_problems,
    config_spec_update_problems,
    secret_spec_problems,
    secret_spec_update_problems,
    validate_config_spec,
    validate_config_spec_update,
    validate_secret_spec,
    validate_secret_spec_update,
)
from swarmwire.rules.service import (
    service_spec_problems,
    service_spec_update_problems,
    validate_service_spec,
    validate_service_spec_update,
)
from swarmwire.rules.stored import (
    Stored,
    service_create_problems,
    service_update_problems,
    validate_service_create,
    validate_service_update,
)
from swarmwire.rules.task import Constraint, parse_constraint
from swarmwire.rules.volume import (
    validate_volume_spec,
    validate_volume_spec_update,
    volume_spec_problems,
    volume_spec_update_problems,
)

__all__ = [
    "Constraint",
    "Hazard",
    "Stored",
    "cluster_spec_problems",
    "config_spec_problems",
    "config_spec_update_problems",
    "default_cluster_spec",
    "default_service_spec",
    "network_spec_hazards",
    "network_spec_problems",
    "node_spec_problems",
    "parse_constraint",
    "secret_spec_problems",
    "secret_spec_update_problems",
    "service_create_problems",
    "service_spec_hazards",
    "service_spec_problems",
    "service_spec_update_hazards",
    "service_spec_update_problems",
    "service_update_problems",
    "validate_cluster_spec",
    "validate_config_spec",
    "validate_config_spec_update",
    "validate_network_spec",
    "validate_node_spec",
    "validate_secret_spec",
    "validate_secret_spec_update",
    "validate_service_create",
    "validate_service_spec",
    "validate_service_spec_update",
    "validate_service_update",
    "validate_volume_spec",
    "validate_volume_spec_update",
    "volume_spec_problems",
    "volume_spec_update_problems",
    "with_defaults",
]
