"""What a manager accepts and what goes wrong later."""

import pytest

from swarmwire import pb
from swarmwire.rules import Hazard, service_spec_hazards, service_spec_update_hazards
from swarmwire.rules.template import evaluate
from tests.rules.build import good_service


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch):
    """An endless template need not take long here."""
    monkeypatch.setattr(evaluate, "_MAX_STEPS", 10_000)


MOUNT = "TaskTemplate.ContainerSpec.Mounts[0]"
BIND, VOLUME, TMPFS = pb.Mount.BIND, pb.Mount.VOLUME, pb.Mount.TMPFS


def spoil(change):
    spec = good_service()
    change(spec, spec.task, spec.task.container)
    return spec


def found(change):
    hazards = service_spec_hazards(spoil(change))
    assert all(hazard.fix for hazard in hazards)
    return [(h.who, h.path, h.reason) for h in hazards]


def mount(**fields):
    return lambda s, t, c: c.mounts.add(**{"target": "/t", **fields})


def worker(path, reason):
    return [("worker", path, reason)]


def config(kind, name, reason):
    return worker(f"{MOUNT}.{name}", f'invalid mount config for type "{kind}": {reason}')


@pytest.mark.parametrize(
    "change",
    [
        lambda s, t, c: None,
        mount(type=BIND, source="/s", bind_options={}),
        mount(type=VOLUME, source="s", volume_options={"subpath": "a/../b"}),
        mount(type=VOLUME),
        mount(type=TMPFS, tmpfs_options={}),
        mount(type=TMPFS, source="{{if 0}}x{{end}}"),
        mount(type=pb.Mount.CLUSTER, source="group:a", bind_options={}),
        mount(type=BIND, source="/{{.Task.Name}}", target="/{{.Node.ID}}"),
        mount(type=BIND, source="{{.Nope}}"),
        lambda s, t, c: c.secrets.add(file={"uid": "0", "gid": "+7"}),
        lambda s, t, c: c.configs.add(runtime={}),
        lambda s, t, c: c.secrets.add(),
        lambda s, t, c: setattr(c, "dir", "/x"),
        lambda s, t, c: c.env.append("A={{"),
        lambda s, t, c: t.placement.constraints.extend(
            [
                *("NODE.id==x", "node.labels.a==x", "engine.labels.a!=x", "node.ip==10.0.0.0/8"),
                *("node.ip==::1", "node.role!=boss", "node.role==Manager", "unreadable"),
            ]
        ),
        lambda s, t, c: setattr(t.generic, "kind", "Plugin"),
        lambda s, t, c: t.ClearField("container"),
        lambda s, t, c: t.networks.add(target="n"),
        lambda s, t, c: t.resources.reservations.generic.add(discrete_resource_spec={}),
        lambda s, t, c: s.endpoint.ports.add(
            target_port=80, protocol=9, publish_mode=pb.PortConfig.HOST
        ),
        lambda s, t, c: t.resources.limits.MergeFrom(pb.Resources(memory_bytes=6 << 20)),
        lambda s, t, c: t.resources.MergeFrom(
            pb.ResourceRequirements(limits={"nano_cpus": 7**9}, reservations={"nano_cpus": 7**9})
        ),
    ],
)
def test_harmless(change):
    assert found(change) == []


@pytest.mark.parametrize(
    ("change", "want"),
    [
        (mount(type=9), worker(f"{MOUNT}.Type", "invalid mount type: 9")),
        (
            mount(type=pb.Mount.NPIPE, source="x"),
            worker(
                f"{MOUNT}.Type",
                "a named pipe can be mounted on Windows only: mount type unknown",
            ),
        ),
        (
            mount(type=pb.Mount.NPIPE),
            [
                *worker(f"{MOUNT}.Source", "invalid npipe source, source must not be empty"),
                *worker(
                    f"{MOUNT}.Type",
                    "a named pipe can be mounted on Windows only: mount type unknown",
                ),
            ],
        ),
        (
            mount(type=VOLUME, target="t"),
            worker(f"{MOUNT}.Target", "invalid mount target, must be an absolute path: t"),
        ),
        (
            mount(type=VOLUME, target=""),
            worker(f"{MOUNT}.Target", "invalid mount target, must be an absolute path: "),
        ),
        (
            mount(type=VOLUME, target="/a/.."),
            config("volume", "Target", "invalid specification: destination can't be '/'"),
        ),
        (
            mount(type=BIND, source="s"),
            worker(f"{MOUNT}.Source", "invalid bind mount source, must be an absolute path: s"),
        ),
        (
            mount(type=VOLUME, source="/s"),
            worker(
                f"{MOUNT}.Source", "invalid volume mount source, must not be an absolute path: /s"
            ),
        ),
        (
            mount(type=TMPFS, source="s"),
            worker(f"{MOUNT}.Source", "invalid tmpfs source, source must be empty"),
        ),
        (
            mount(type=VOLUME, bind_options={}),
            config("volume", "BindOptions", "field BindOptions must not be specified"),
        ),
        (
            mount(type=BIND, source="/s", volume_options={}),
            config("bind", "VolumeOptions", "field VolumeOptions must not be specified"),
        ),
        (
            mount(type=VOLUME, volume_options={"subpath": "a"}),
            config("volume", "VolumeOptions", "must not set Subpath when using anonymous volumes"),
        ),
        *(
            (
                mount(type=VOLUME, source="s", volume_options={"subpath": subpath}),
                config(
                    "volume",
                    "VolumeOptions",
                    "subpath must be a relative path within the volume",
                ),
            )
            for subpath in ("/a", "../a", "a/../..")
        ),
        (
            mount(type=TMPFS, target="{{range 100000000}}{{end}}"),
            [
                (
                    "manager",
                    f"{MOUNT}.Target",
                    "expanding the template keeps a manager busy for very long",
                )
            ],
        ),
        (
            lambda s, t, c: c.env.append("A=" + "{{if 1}}" * 51 + "{{end}}" * 51),
            [
                (
                    "manager",
                    "TaskTemplate.ContainerSpec.Env[0]",
                    (
                        "the template is nested more than 50 deep, which is not followed here:"
                        " whether a manager can expand it cannot be judged"
                    ),
                )
            ],
        ),
        (
            lambda s, t, c: c.env.append("=x"),
            worker("TaskTemplate.ContainerSpec.Env[0]", "invalid environment variable: =x"),
        ),
        (
            lambda s, t, c: setattr(c, "dir", "x"),
            worker(
                "TaskTemplate.ContainerSpec.Dir",
                "the working directory 'x' is invalid, it needs to be an absolute path",
            ),
        ),
        (
            lambda s, t, c: c.secrets.add(file={"uid": "", "gid": "0"}),
            worker(
                "TaskTemplate.ContainerSpec.Secrets[0].File.UID",
                'strconv.Atoi: parsing "": invalid syntax',
            ),
        ),
        (
            lambda s, t, c: c.configs.add(file={"uid": "0", "gid": "9" * 19}),
            worker(
                "TaskTemplate.ContainerSpec.Configs[0].File.GID",
                'strconv.Atoi: parsing "9999999999999999999": value out of range',
            ),
        ),
        (
            lambda s, t, c: c.configs.add(file={"uid": "9" * 5000, "gid": "0"}),
            worker(
                "TaskTemplate.ContainerSpec.Configs[0].File.UID",
                f'strconv.Atoi: parsing "{"9" * 5000}": value out of range',
            ),
        ),
        (
            lambda s, t, c: setattr(t.generic, "kind", "Other"),
            worker("TaskTemplate.Runtime", 'unsupported runtime type: "other"'),
        ),
        (
            lambda s, t, c: setattr(t.resources.limits, "memory_bytes", 5 << 20),
            worker(
                "TaskTemplate.Resources.Limits.MemoryBytes", "Minimum memory limit allowed is 6MB"
            ),
        ),
        (
            lambda s, t, c: s.endpoint.ports.add(target_port=65536),
            worker(
                "EndpointSpec.Ports[0].TargetPort",
                "65536 is no port: tasks run, and nothing is published",
            ),
        ),
    ],
)
def test_each_hazard(change, want):
    assert found(change) == want


@pytest.mark.parametrize(
    ("change", "who", "path"),
    [
        (
            lambda s, t, c: s.endpoint.ports.add(target_port=80, protocol=3),
            "manager",
            "EndpointSpec.Ports[0].Protocol",
        ),
        (
            lambda s, t, c: s.endpoint.ports.add(target_port=80, published_port=65536),
            "manager",
            "EndpointSpec.Ports[0].PublishedPort",
        ),
        (lambda s, t, c: s.networks.add(), "manager", "Networks"),
        (lambda s, t, c: t.networks.add(), "manager", "TaskTemplate.Networks[0].Target"),
        (lambda s, t, c: setattr(c, "user", "x" * 800_000), "manager", ""),
        (lambda s, t, c: setattr(c, "user", "x" * 1_600_000), "manager", ""),
        (
            lambda s, t, c: setattr(s.update, "parallelism", 2**63),
            "manager",
            "UpdateConfig.Parallelism",
        ),
        (
            lambda s, t, c: setattr(s.rollback, "parallelism", 2**63),
            "manager",
            "RollbackConfig.Parallelism",
        ),
        (
            lambda s, t, c: setattr(c, "hostname", "{{range 100000000}}{{end}}"),
            "manager",
            "TaskTemplate.ContainerSpec.Hostname",
        ),
        *(
            (
                lambda s, t, c, text=text: t.placement.constraints.append(text),
                "scheduler",
                "TaskTemplate.Placement.Constraints[0]",
            )
            for text in (
                *("foo.bar==x", "node.labels.==x", "node.ip==host", "node.ip==1.2.3.4/33"),
                "node.role==boss",
            )
        ),
        (
            lambda s, t, c: t.resources.reservations.generic.add(
                named_resource_spec={"kind": "gpu", "value": "a"}
            ),
            "scheduler",
            "TaskTemplate.Resources.Reservations.GenericResources[0]",
        ),
        (
            lambda s, t, c: t.resources.MergeFrom(
                pb.ResourceRequirements(
                    limits={"nano_cpus": 1_000_000}, reservations={"nano_cpus": 2_000_000}
                )
            ),
            "scheduler",
            "TaskTemplate.Resources.Reservations.NanoCPUs",
        ),
    ],
)
def test_who_and_where(change, who, path):
    ((seen_who, seen_path, reason),) = found(change)
    assert (seen_who, seen_path) == (who, path)
    assert reason


def test_taking_only_the_placement_away():
    old, new = good_service(), good_service()
    assert service_spec_update_hazards(old, new) == []
    old.task.placement.SetInParent()
    (hazard,) = service_spec_update_hazards(old, new)
    assert isinstance(hazard, Hazard)
    assert (hazard.path, hazard.who) == ("TaskTemplate.Placement", "manager")
    new.task.force_update = 1
    assert service_spec_update_hazards(old, new) == []
