"""From services to a stack file with its proof. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from swarmwire import pb
from swarmwire.errors import StackError
from swarmwire.export.document import Document, ExportChoice, UnexportedService, document_of
from swarmwire.export.proof import DIRECTORY, prove
from swarmwire.export.sections import Payload
from swarmwire.export.swarm import KnownSwarm
from swarmwire.export.text import as_text
from swarmwire.export.verdict import Proof, ServiceProof
from swarmwire.releases import AnyRelease
from swarmwire.stack.body.building import IMAGE, NAMESPACE
from swarmwire.stack.schema.kinds import NEWEST
from swarmwire.stack.texts.paths import absolute

_OLDEST: Final = 8
"""The second number of the version that files have if they need no newer one."""
_CHOICE: Final = ExportChoice()
_NOTED: Final = (f"Labels[{IMAGE}]", f"Labels[{NAMESPACE}]")
"""What a deploy notes of itself; no comment is needed about that."""


@dataclass(frozen=True)
class Export:
    """A stack file, and the proof of it.

    Attributes:
        text: the stack file.
        payloads: the files that it names, by the path that it gives them.
        proof: what a deploy of it does to the services that it was made from.
    """

    text: str
    payloads: dict[str, Payload]
    proof: Proof


def export(
    swarm: KnownSwarm,
    stack: str,
    services: Sequence[pb.Service],
    choice: ExportChoice = _CHOICE,
    *,
    release: AnyRelease = None,
) -> Export:
    """A stack file of services, which says all that such files can say, and the proof of it.

    Args:
        swarm: the objects of the swarm.
        stack: the name under which the file is to be deployed.
        services: the services; see ``stacks_of``.
        choice: how the file is to be written.
        release: the engine of the managers, and of the docker command; the newest unless it is
            given.
    """
    document = document_of(swarm, stack, services, choice)

    def proved(text: str, document: Document) -> Proof:
        return prove(
            text,
            swarm,
            stack,
            services,
            read=_reader(document),
            left_out=document.left_out,
            notes=(*document.sections.notes, *_notes(document)),
            release=release,
        )

    document, version = _readable(document, proved)
    found = proved(as_text(document, version), document)
    text = as_text(document, version, head=_head(found), comments=_comments(found, document))
    # Comments change nothing; but what is proved is the file as it is.
    return Export(text, document.payloads, proved(text, document))


def _reader(document: Document) -> Callable[[str], bytes]:
    files = {absolute(DIRECTORY, path): each.data for path, each in document.payloads.items()}

    def read(path: str) -> bytes:
        try:
            return files[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    return read


_Proved = Callable[[str, Document], Proof]


def _readable(document: Document, proved: _Proved) -> tuple[Document, str]:
    """The document without services that the docker command refuses, and the version it needs."""
    version, reason = _version(document, proved)
    if version:
        return document, version
    left_out = list(document.left_out)
    kept = {}
    for own, options in document.services.items():
        alone = replace(document, services={own: options})
        found, reason = _version(alone, proved)
        if found:
            kept[own] = options
        else:
            name = document.stored[own].spec.annotations.name
            left_out.append(UnexportedService(name, f"the docker command refuses it: {reason}"))
    rest = replace(document, services=kept, left_out=tuple(left_out))
    version, reason = _version(rest, proved)
    if not version:
        raise StackError("load", reason)
    return rest, version


def _version(document: Document, proved: _Proved) -> tuple[str, str]:
    """The oldest version that the file may have; nothing and the reason if there is none."""
    reason = ""
    for number in range(_OLDEST, NEWEST + 1):
        version = f"3.{number}"
        try:
            proved(as_text(document, version), document)
        except StackError as err:
            reason = err.problems[0].reason
            if err.stage != "load":
                break
        else:
            return version, ""
    return "", reason


def _notes(document: Document) -> Iterator[str]:
    empty = [
        f"{name} of {own}"
        for own, options in sorted(document.services.items())
        if isinstance(options.get("environment"), dict)
        for name, value in options["environment"].items()
        if not value
    ]
    if empty:
        yield (
            f"variables without a value ({', '.join(empty)}) take one of that name from the"
            " environment of whoever deploys"
        )
    if document.tagged:
        yield (
            f"images without a digest ({', '.join(document.tagged)}): deploy with --resolve-image"
            " changed or never; always, which is the default, asks a registry what the tag means"
            " now, and restarts tasks if that is something else than what is stored"
        )


def _head(proof: Proof) -> Iterator[str]:
    yield f"docker stack deploy --resolve-image changed --compose-file FILE {proof.stack}"
    yield f"As it was exported, {proof.summary}."
    for service in proof.services:
        if service.verdict == "left out":
            yield f"Not in this file: {service.service}, {service.summary.partition(': ')[2]}"


def _comments(proof: Proof, document: Document) -> dict[str, list[str]]:
    by_name = {service.service: service for service in proof.services}
    return {
        own: list(_unsaid(by_name[stored.spec.annotations.name]))
        for own, stored in document.stored.items()
        if own in document.services
    }


def _unsaid(service: ServiceProof) -> Iterator[str]:
    if service.verdict in ("created", "refused"):
        yield f"A deploy {service.summary}"
    for each in service.unsaid:
        if each.path in _NOTED:
            continue
        yield f"Not said here: {each.path} ({each.operation}: {each.effect})"
