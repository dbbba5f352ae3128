"""Every route: what is not here is answered as a path that no engine has.

Source: moby daemon/server/router, the routes of system, swarm, network, volume and distribution.
"""

from typing import Final

from swarmwire.gateway.routes import (
    documents,
    events,
    logs,
    networks,
    nodes,
    services,
    swarm,
    system,
    tasks,
    volumes,
)
from swarmwire.gateway.routes.documents import CONFIGS, SECRETS
from swarmwire.gateway.routes.listing import inspecting
from swarmwire.gateway.routing import Route

ROUTES: Final = (
    Route("GET", "/_ping", system.ping),
    Route("HEAD", "/_ping", system.ping),
    Route("GET", "/events", events.stream_events),
    Route("GET", "/info", system.info),
    Route("GET", "/version", system.version),
    Route("POST", "/auth", system.authenticate),
    Route("POST", "/swarm/init", swarm.init_swarm),
    Route("POST", "/swarm/join", swarm.join_swarm),
    Route("POST", "/swarm/leave", swarm.leave_swarm),
    Route("GET", "/swarm", swarm.inspect_swarm),
    Route("GET", "/swarm/unlockkey", swarm.read_unlock_key),
    Route("POST", "/swarm/update", swarm.update_swarm),
    Route("POST", "/swarm/unlock", swarm.unlock_swarm),
    Route("GET", "/services", services.list_services),
    Route("GET", "/services/{id}", services.inspect_service),
    Route("POST", "/services/create", services.create_service, plans=True),
    Route("POST", "/services/{id}/update", services.update_service, plans=True),
    Route("DELETE", "/services/{id}", services.remove_service),
    Route("GET", "/services/{id}/logs", logs.logs_of("service")),
    Route("GET", "/nodes", nodes.list_nodes),
    Route("GET", "/nodes/{id}", inspecting("node")),
    Route("DELETE", "/nodes/{id}", nodes.remove_node),
    Route("POST", "/nodes/{id}/update", nodes.update_node),
    Route("GET", "/tasks", tasks.list_tasks),
    Route("GET", "/tasks/{id}", inspecting("task")),
    Route("GET", "/tasks/{id}/logs", logs.logs_of("task")),
    Route("GET", "/secrets", documents.listing(SECRETS), "1.25"),
    Route("POST", "/secrets/create", documents.creating(SECRETS), "1.25"),
    Route("DELETE", "/secrets/{id}", documents.removing(SECRETS), "1.25"),
    Route("GET", "/secrets/{id}", inspecting("secret"), "1.25"),
    Route("POST", "/secrets/{id}/update", documents.updating(SECRETS), "1.25"),
    Route("GET", "/configs", documents.listing(CONFIGS), "1.30"),
    Route("POST", "/configs/create", documents.creating(CONFIGS), "1.30"),
    Route("DELETE", "/configs/{id}", documents.removing(CONFIGS), "1.30"),
    Route("GET", "/configs/{id}", inspecting("config"), "1.30"),
    Route("POST", "/configs/{id}/update", documents.updating(CONFIGS), "1.30"),
    Route("GET", "/networks", networks.list_networks),
    Route("GET", "/networks/", networks.list_networks),
    Route("GET", "/networks/{id:.+}", networks.inspect_network),
    Route("POST", "/networks/create", networks.create_network),
    Route("POST", "/networks/{id:.*}/connect", networks.connect_network),
    Route("POST", "/networks/{id:.*}/disconnect", networks.disconnect_network),
    Route("POST", "/networks/prune", networks.prune_networks, "1.25"),
    Route("DELETE", "/networks/{id:.*}", networks.remove_network),
    Route("GET", "/volumes", volumes.list_volumes),
    Route("GET", "/volumes/{id:.*}", volumes.inspect_volume),
    Route("POST", "/volumes/create", volumes.create_volume),
    Route("PUT", "/volumes/{id:.*}", volumes.update_volume, "1.42"),
    Route("DELETE", "/volumes/{id:.*}", volumes.remove_volume),
    Route("GET", "/distribution/{name:.*}/json", system.describe_image, "1.30"),
    Route("OPTIONS", "/{path:.*}", system.answer_options),
)
"""In the order in which they are tried."""
