"""A service spec that a manager takes, to be spoilt by the tests."""

from swarmwire import pb


def good_service() -> pb.ServiceSpec:
    spec = pb.ServiceSpec()
    spec.annotations.name = "web"
    spec.task.container.image = "nginx:1.27"
    spec.replicated.replicas = 2
    return spec
