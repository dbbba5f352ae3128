"""What managers refuse: the same status and the same words from the one in memory."""

import pytest

from swarmwire import control, pb
from tests.control.build import service_spec

NAMED = pb.Annotations(name="a-name")
VERSION = pb.Version(index=1)
INVALID = "InvalidArgument"

REFUSED = [
    ("create_service", pb.CreateServiceRequest(), INVALID, "invalid argument"),
    ("create_secret", pb.CreateSecretRequest(), INVALID, "invalid argument"),
    (
        "create_secret",
        pb.CreateSecretRequest(spec=pb.SecretSpec(annotations=NAMED)),
        INVALID,
        "secret data must be larger than 0 and less than 512000 bytes",
    ),
    ("create_config", pb.CreateConfigRequest(spec={}), INVALID, "name must be provided"),
    ("create_network", pb.CreateNetworkRequest(), INVALID, "invalid argument"),
    (
        "create_network",
        pb.CreateNetworkRequest(spec=pb.NetworkSpec(annotations=NAMED, ingress=True)),
        "AlreadyExists",
        "ingress network ({ingress}) is already present",
    ),
    ("create_extension", pb.CreateExtensionRequest(), INVALID, "extension name must be provided"),
    (
        "create_extension",
        pb.CreateExtensionRequest(annotations=pb.Annotations(name="node")),
        "AlreadyExists",
        "extension node already exists",
    ),
    ("create_resource", pb.CreateResourceRequest(), INVALID, "Resource must have a name"),
    (
        "create_resource",
        pb.CreateResourceRequest(annotations=NAMED),
        INVALID,
        "Resource must belong to an Extension",
    ),
    (
        "create_resource",
        pb.CreateResourceRequest(annotations=NAMED, kind="none"),
        INVALID,
        "Kind none is not registered",
    ),
    ("get_node", pb.GetNodeRequest(), INVALID, "invalid argument"),
    ("get_node", pb.GetNodeRequest(node_id="x"), "NotFound", "node x not found"),
    ("get_task", pb.GetTaskRequest(task_id="x"), "NotFound", "task x not found"),
    ("get_secret", pb.GetSecretRequest(), INVALID, "secret ID must be provided"),
    ("get_secret", pb.GetSecretRequest(secret_id="x"), "NotFound", "secret x not found"),
    ("get_config", pb.GetConfigRequest(), INVALID, "config ID must be provided"),
    ("get_cluster", pb.GetClusterRequest(cluster_id="x"), "NotFound", "cluster x not found"),
    ("get_network", pb.GetNetworkRequest(network_id="x"), "NotFound", "network x not found"),
    ("get_extension", pb.GetExtensionRequest(), INVALID, "extension ID must be provided"),
    ("get_resource", pb.GetResourceRequest(), INVALID, "resource ID must be present"),
    (
        "remove_config",
        pb.RemoveConfigRequest(config_id="x"),
        "NotFound",
        "could not find config x",
    ),
    ("remove_task", pb.RemoveTaskRequest(), INVALID, "invalid argument"),
    ("remove_service", pb.RemoveServiceRequest(service_id="x"), "NotFound", "service x not found"),
    (
        "update_service",
        pb.UpdateServiceRequest(service_id="x", service_version=VERSION, spec=service_spec("a")),
        "NotFound",
        "service x not found",
    ),
    ("update_secret", pb.UpdateSecretRequest(spec={}), INVALID, "invalid argument"),
    (
        "update_secret",
        pb.UpdateSecretRequest(secret_id="x", secret_version=VERSION, spec={}),
        "NotFound",
        "secret x not found",
    ),
    ("update_node", pb.UpdateNodeRequest(node_id="x"), INVALID, "invalid argument"),
    ("update_cluster", pb.UpdateClusterRequest(cluster_id="x"), INVALID, "invalid argument"),
    ("update_resource", pb.UpdateResourceRequest(), INVALID, "must include ID and version"),
]


@pytest.mark.parametrize(("call", "asked", "status", "words"), REFUSED)
async def test_a_refusal(manager, call, asked, status, words):
    networks = (await manager.list_networks(pb.ListNetworksRequest())).networks
    ingress = next(one.id for one in networks if one.spec.ingress)
    with pytest.raises(control.ControlError) as caught:
        await getattr(manager, call)(asked)
    assert (caught.value.status, caught.value.message) == (status, words.format(ingress=ingress))
