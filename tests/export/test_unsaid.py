"""Whatever a stack file cannot say is listed, with what it costs."""

import pytest

from swarmwire import export, pb
from swarmwire.rules import with_defaults
from tests.export.support import exported, network, stored, unsaid

CONTAINER = "TaskTemplate.ContainerSpec"


def mount(spec, kind, **fields):
    return spec.task.container.mounts.add(type=kind, target="/m", **fields)


def groups(spec):
    spec.task.container.groups.append("1000")


def seccomp(spec):
    spec.task.container.privileges.seccomp.mode = pb.Privileges.SeccompOpts.UNCONFINED


def no_new_privileges(spec):
    spec.task.container.privileges.no_new_privileges = True


def oom_score(spec):
    # The docker command reads the option and silently drops it.
    spec.task.container.oom_score_adj = -500


def dns_options(spec):
    spec.task.container.dns_config.nameservers.append("10.0.0.1")
    spec.task.container.dns_config.options.append("ndots:2")


def bind_options(spec):
    mount(spec, pb.Mount.BIND, source="/s").bind_options.nonrecursive = True


def tmpfs_mode(spec):
    mount(spec, pb.Mount.TMPFS).tmpfs_options.mode = 0o700


def port_name(spec):
    spec.endpoint.ports.add(name="http", target_port=80)


def platforms(spec):
    spec.task.placement.platforms.add(os="linux", architecture="amd64")


def order_of_environment(spec):
    spec.task.container.env.extend(["B=1", "A=1"])


def twice_in_environment(spec):
    spec.task.container.env.extend(["A=1", "A=2"])


def no_privileges(spec):
    spec.task.container.ClearField("privileges")


def no_network(spec):
    del spec.task.networks[:]


def no_resources(spec):
    spec.task.ClearField("resources")


def named_resource(spec):
    resource = spec.task.resources.reservations.generic.add()
    resource.named_resource_spec.kind = "gpu"
    resource.named_resource_spec.value = "0"


def alias_missing(spec):
    del spec.task.networks[0].aliases[:]


UNSAID = [
    (groups, f"{CONTAINER}.Groups[0]"),
    (seccomp, f"{CONTAINER}.Privileges.Seccomp"),
    (no_new_privileges, f"{CONTAINER}.Privileges.NoNewPrivileges"),
    (oom_score, f"{CONTAINER}.OomScoreAdj"),
    (dns_options, f"{CONTAINER}.DNSConfig.Options[0]"),
    (bind_options, f"{CONTAINER}.Mounts[0].BindOptions.NonRecursive"),
    (tmpfs_mode, f"{CONTAINER}.Mounts[0].TmpfsOptions.Mode"),
    (port_name, "EndpointSpec.Ports[0].Name"),
    (order_of_environment, f"{CONTAINER}.Env"),
    (twice_in_environment, f"{CONTAINER}.Env[0]"),
    (no_privileges, f"{CONTAINER}.Privileges"),
    (no_network, "TaskTemplate.Networks[0]"),
    (no_resources, "TaskTemplate.Resources"),
    (named_resource, "TaskTemplate.Resources.Reservations.GenericResources[0]"),
    (alias_missing, "TaskTemplate.Networks[0].Aliases[0]"),
]


def test_what_a_deploy_stores_is_said():
    found = exported(stored())
    assert found.proof.holds
    assert found.proof.summary == "re-deploying this file restarts 0 of 2 tasks"
    assert unsaid(found) == []
    assert "Not said" not in found.text


@pytest.mark.parametrize(("change", "path"), UNSAID, ids=[change.__name__ for change, _ in UNSAID])
def test_it_is_listed_with_its_cost(change, path):
    found = exported(stored(change))
    assert path in unsaid(found)
    assert not found.proof.holds
    assert found.proof.summary == "re-deploying this file restarts 2 of 2 tasks"
    assert f"    # Not said here: {path} (" in found.text


def test_platforms_cost_nothing():
    found = exported(stored(platforms))
    assert unsaid(found) == ["TaskTemplate.Placement.Platforms[0]"]
    assert found.proof.holds
    assert "# Not said here: TaskTemplate.Placement.Platforms[0] (removed: metadata" in found.text


def test_a_deploy_keeps_the_counter_of_forced_updates():
    def force(spec):
        spec.task.force_update = 7

    assert exported(stored(force)).proof.holds


def test_credentials_of_a_registry_stay_and_are_not_shown():
    def login(spec):
        spec.task.container.pull_options.registry_auth = "c2VjcmV0"

    found = exported(stored(login))
    assert found.proof.holds
    assert unsaid(found) == []
    assert "c2VjcmV0" not in repr(found)


def test_a_plugin_is_left_out():
    plugin = pb.Service(id="p")
    plugin.spec.annotations.name = "st_plugin"
    plugin.spec.annotations.labels["com.docker.stack.namespace"] = "st"
    plugin.spec.task.generic.kind = "plugin"
    plugin.spec.task.generic.payload.type_url = "type.googleapis.com/docker.plugins.PluginSpec"
    swarm = stored()
    both = export.KnownSwarm((*swarm.services, plugin), networks=swarm.networks)
    found = exported(both)
    assert [each.verdict for each in found.proof.services] == ["kept", "left out"]
    assert not found.proof.holds
    assert found.proof.summary.endswith("it cannot hold st_plugin")
    assert "# Not in this file: st_plugin, " in found.text


def test_a_service_that_the_docker_command_refuses_is_left_out():
    def spoil(spec):
        spec.task.container.image = "Not An Image"

    swarm = stored()
    bad = stored(spoil, name="st_bad").services[0]
    found = exported(export.KnownSwarm((bad, *swarm.services), networks=swarm.networks))
    assert [each.verdict for each in found.proof.services] == ["left out", "kept"]
    assert "invalid reference format" in found.proof.services[0].summary


def test_a_service_of_no_stack_is_not_taken_over():
    def free(spec):
        del spec.annotations.labels["com.docker.stack.namespace"]

    found = exported(stored(free, name="web"))
    assert found.proof.services[0].verdict == "created"
    assert not found.proof.holds
    assert "makes the new service st_web beside it" in found.proof.services[0].summary
    # its name is taken
    taken = exported(stored(free, name="st_web"))
    assert taken.proof.services[0].verdict == "refused"


def test_what_a_created_service_loses_is_listed():
    def free(spec):
        del spec.annotations.labels["com.docker.stack.namespace"]
        groups(spec)

    assert f"{CONTAINER}.Groups[0]" in unsaid(exported(stored(free, name="web")))


def test_a_network_says_what_it_cannot():
    def ours(body):
        found = network("st_default")
        found.spec.annotations.labels["com.docker.stack.namespace"] = "st"
        found.spec.driver_config.name = "overlay"
        body(found.spec)
        return (found,)

    def gateway(spec):
        spec.ipam.driver.name = "default"
        spec.ipam.configs.add(subnet="10.1.0.0/24", gateway="10.1.0.9")

    found = exported(stored(networks=ours(gateway)))
    [told] = found.proof.objects
    assert (told.kind, told.name, told.is_new) == ("network", "st_default", False)
    assert any(path.endswith("Gateway") for path in told.unsaid)
    assert found.proof.holds  # a deploy leaves networks alone


def test_defaults_that_inspect_fills_in_are_taken_for_what_is_not_stored():
    spec = stored().services[0].spec
    assert export.without_defaults(with_defaults(spec)) == spec
    policy = pb.ServiceSpec()
    policy.CopyFrom(spec)
    policy.task.restart.condition = pb.RestartPolicy.ON_FAILURE
    assert export.without_defaults(with_defaults(policy)) == policy
