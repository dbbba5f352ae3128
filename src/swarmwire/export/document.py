"""All sections of a stack file as plain mappings, before they are text. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from swarmwire import engine, pb
from swarmwire.convert import service_spec_from_grpc
from swarmwire.errors import FieldError
from swarmwire.export.sections import Payload, Sections, own_name
from swarmwire.export.service import service_options
from swarmwire.export.swarm import KnownSwarm
from swarmwire.stack.body.building import IMAGE


class UnexportedService(NamedTuple):
    """A service that no stack file can hold, and why."""

    service: str
    reason: str


class ExportChoice(NamedTuple):
    """How a stack file is to be written.

    Attributes:
        folder: where payloads of secrets and configs are to lie, as the stack file calls it; None
            if secrets and configs are only referred to.
        tags: whether to call images as they were deployed, without the digest that was found then.
    """

    folder: str | None = None
    tags: bool = False


@dataclass(frozen=True)
class Document:
    """A stack file before it is text.

    Attributes:
        stack: the stack's name.
        services: the options of each service, by its own name.
        sections: networks, volumes, secrets and configs.
        stored: the services as they are stored, by their own names.
        left_out: services that are not in the file.
        tagged: the services whose image is called by its tag alone.
    """

    stack: str
    services: dict[str, dict[str, Any]]
    sections: Sections = field(repr=False)
    stored: dict[str, pb.Service] = field(repr=False)
    left_out: tuple[UnexportedService, ...] = ()
    tagged: tuple[str, ...] = ()

    @property
    def payloads(self) -> dict[str, Payload]:
        """The files that the stack file names, by the path that it gives them."""
        return self.sections.payloads


def document_of(
    swarm: KnownSwarm, stack: str, services: Sequence[pb.Service], choice: ExportChoice
) -> Document:
    """A stack file of services."""
    sections = Sections(swarm, stack, choice.folder)
    written: dict[str, dict[str, Any]] = {}
    stored: dict[str, pb.Service] = {}
    left_out, tagged = [], []
    for service in services:
        name = service.spec.annotations.name
        own = own_name(stack, name)
        found = _spec(service.spec)
        if isinstance(found, str):
            left_out.append(UnexportedService(name, found))
            continue
        spec, container = found
        deployed = _deployed_image(container, spec)
        if deployed and (choice.tags or "@" not in container.image):
            container.image = deployed
        if "@" not in container.image:
            tagged.append(own)
        written[own] = service_options(spec, own, sections)
        stored[own] = service
    return Document(stack, written, sections, stored, tuple(left_out), tuple(tagged))


def _spec(message: pb.ServiceSpec) -> tuple[engine.ServiceSpec, engine.ContainerSpec] | str:
    """The service as the Engine API has it, and its containers; else why it has none."""
    try:
        spec = service_spec_from_grpc(message, lossless=True)
    except FieldError as err:
        return f"the engine cannot show it: {err}"
    container = spec.task_template.container_spec
    if container is None:
        return "it runs no containers, and a stack file has no other services"
    return spec, container


def _deployed_image(container: engine.ContainerSpec, spec: engine.ServiceSpec) -> str:
    """What the image was called at the last deploy, if it is still that one; else nothing.

    The docker command adds ``:latest``, and a digest if a registry tells one.
    """
    deployed = (spec.labels or {}).get(IMAGE, "")
    before = container.image.partition("@")[0]
    return deployed if before in (deployed, f"{deployed}:latest") else ""
