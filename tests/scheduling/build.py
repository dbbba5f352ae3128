"""Small clusters, to be changed by the tests."""

from swarmwire import pb

GIB = 2**30
CPU = 10**9


def node(name, *, cpus=4, memory=8 * GIB, generic=(), **labels):
    out = pb.Node(id=name, role="WORKER")
    out.status.state = pb.NodeStatus.READY
    out.spec.annotations.labels.update(labels)
    out.description.hostname = f"host-{name}"
    out.description.platform.os = "linux"
    out.description.platform.architecture = "x86_64"
    out.description.engine.engine_version = "29.0.0"
    for kind, plugin in (("Volume", "local"), ("Network", "overlay"), ("Log", "json-file")):
        out.description.engine.plugins.add(type=kind, name=plugin)
    reserve(out.description.resources, cpus, memory, generic)
    return out


def reserve(resources, cpus=0, memory=0, generic=()):
    resources.nano_cpus = int(cpus * CPU)
    resources.memory_bytes = memory
    for kind, value in generic:
        if isinstance(value, int):
            resources.generic.add().discrete_resource_spec.MergeFrom(
                pb.DiscreteGenericResource(kind=kind, value=value)
            )
        else:
            resources.generic.add().named_resource_spec.MergeFrom(
                pb.NamedGenericResource(kind=kind, value=value)
            )


def task(name, *, on="", service="web", state=None, desired="RUNNING", version=1, **reserved):
    """A task that waits or, with a node, runs."""
    out = pb.Task(id=name, service_id=service, node_id=on, desired_state=desired)
    out.status.state = pb.TaskState.Value(state or ("RUNNING" if on else "PENDING"))
    out.spec.container.image = "nginx"
    out.spec_version.index = version
    if reserved:
        reserve(out.spec.resources.reservations, **reserved)
    return out


def service(name="web", *, version=1, **spec):
    out = pb.Service(id=name, spec=spec)
    out.spec.annotations.name = name
    out.spec_version.index = version
    return out


def publish(of, port, protocol="TCP", mode="HOST"):
    """A task with a published port."""
    of.endpoint.ports.add(published_port=port, target_port=80, protocol=protocol, publish_mode=mode)
    return of


def mount(of, source, kind="CLUSTER", *, readonly=False, driver=""):
    """A task with a mount."""
    made = of.spec.container.mounts.add(
        source=source, target=f"/{source}", type=kind, readonly=readonly
    )
    if driver:
        made.volume_options.driver_config.name = driver
    return of


def volume(name, *, scope="MULTI_NODE", sharing="ALL", created=True, group=""):
    out = pb.Volume(id=f"id-{name}")
    out.spec.annotations.name = name
    out.spec.group = group
    out.spec.driver.name = "csi"
    out.spec.access_mode.MergeFrom(pb.VolumeAccessMode(scope=scope, sharing=sharing))
    out.volume_info.volume_id = "1" if created else ""
    return out


def network(name, subnet="10.0.1.0/24", gateway="10.0.1.1", range_="", *, ingress=False):
    out = pb.Network(id=f"id-{name}")
    out.spec.annotations.name = name
    out.spec.ingress = ingress
    out.driver_state.name = "overlay"
    out.ipam.configs.add(subnet=subnet, gateway=gateway, range=range_)
    return out


def attach(of, to, *addresses):
    """A task or node with addresses in a network."""
    where = of.networks if isinstance(of, pb.Task) else of.attachments
    where.add(network=to, addresses=addresses)
    return of
