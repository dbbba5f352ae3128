"""What takes the place of what: secrets, configs, networks, images, credentials, volumes."""

from collections.abc import Iterator

from swarmwire import pb
from swarmwire.plan.trap import PlannedUpdate, Trap

_CONTAINER = "TaskTemplate.ContainerSpec"


def replacement_traps(update: PlannedUpdate) -> Iterator[Trap]:
    """Every such replacement."""
    yield from _references(update, "Secret")
    yield from _references(update, "Config")
    yield from _networks(update)
    yield from _image(update)
    yield from _credentials(update)
    yield from _volumes(update)


def _references(update: PlannedUpdate, kind: str) -> Iterator[Trap]:
    before = _referenced(update.old.task.container, kind)
    after = _referenced(update.new.task.container, kind)
    for place, (index, new, name) in after.items():
        _, old, old_name = before.get(place, (0, new, ""))
        if old == new:
            continue
        word = kind.lower()
        text = f"{word} {old_name} is replaced by {name}, at {place}."
        if name == old_name:
            text = f"{word} {name} is replaced by another one of the same name, at {place}."
        yield Trap(code=f"{word}-replaced", path=f"{_CONTAINER}.{kind}s[{index}]", text=text)


def _referenced(container: pb.ContainerSpec, kind: str) -> dict[str, tuple[int, str, str]]:
    """Where each secret or config is seen: its index, its ID and its name."""
    if kind == "Secret":
        return {
            reference.file.name or reference.secret_name: (
                *(index, reference.secret_id),
                reference.secret_name,
            )
            for index, reference in enumerate(container.secrets)
        }
    return {
        reference.file.name or reference.config_name: (
            *(index, reference.config_id),
            reference.config_name,
        )
        for index, reference in enumerate(container.configs)
    }


def _networks(update: PlannedUpdate) -> Iterator[Trap]:
    before = [network.target for network in update.old.task.networks]
    after = [network.target for network in update.new.task.networks]
    gone = [update.name(target) for target in before if target not in after]
    come = [update.name(target) for target in after if target not in before]
    if gone and come:
        text = f"network {', '.join(gone)} is replaced by {', '.join(come)}."
        if gone == come:
            text = f"network {', '.join(gone)} is replaced by another one of the same name."
        yield Trap(code="network-replaced", path="TaskTemplate.Networks", text=text)


def _image(update: PlannedUpdate) -> Iterator[Trap]:
    old, _, old_digest = update.old.task.container.image.partition("@")
    new, _, new_digest = update.new.task.container.image.partition("@")
    if old != new or old_digest == new_digest:
        return
    if not old_digest:
        text = f"{new} is the same tag; only its digest is added."
    elif not new_digest:
        text = f"{new} is the same tag; its digest is taken away."
    else:
        text = f"{new} is the same tag, but it points to another image now."
    yield Trap(code="image-digest", path=f"{_CONTAINER}.Image", text=text)


def _credentials(update: PlannedUpdate) -> Iterator[Trap]:
    old = update.old.task.container.pull_options.registry_auth
    new = update.new.task.container.pull_options.registry_auth
    if old and not new:
        text = (
            "The credentials for the registry are taken away. Tasks that run stay; a new task on a"
            " node that does not have the image cannot pull it from a private registry."
        )
        path = f"{_CONTAINER}.PullOptions.RegistryAuth"
        yield Trap(code="credentials-dropped", path=path, text=text)


def _volumes(update: PlannedUpdate) -> Iterator[Trap]:
    before = {
        mount.source: mount.volume_options
        for mount in update.old.task.container.mounts
        if mount.type == pb.Mount.VOLUME and mount.source
    }
    for index, mount in enumerate(update.new.task.container.mounts):
        old = before.get(mount.source) if mount.type == pb.Mount.VOLUME else None
        new = mount.volume_options
        if old is None or (old.driver_config, old.labels) == (new.driver_config, new.labels):
            continue
        text = (
            f"Volume {mount.source} keeps its driver, options and labels on each node where it"
            " exists: an update restarts tasks, but never changes a volume."
        )
        path = f"{_CONTAINER}.Mounts[{index}].VolumeOptions"
        yield Trap(code="volume-kept", path=path, text=text)
