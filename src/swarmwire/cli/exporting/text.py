"""The proof of an exported stack file, for people."""

from collections.abc import Iterator

from swarmwire.cli.terminal import one_line, wrapped
from swarmwire.export import Proof, ServiceProof


def as_proof_text(proof: Proof) -> str:
    """What a deploy of the file does, and what the file cannot say."""
    lines = wrapped(f"{proof.stack}: {proof.summary}")
    for service in proof.services:
        lines += _service(service)
    for each in proof.objects:
        where = f"{each.kind} {each.name}"
        if each.is_new:
            lines += wrapped(f"{where}: is not there yet; a deploy makes it", "  ")
        else:
            lines += wrapped(f"{where}: a deploy leaves as it is", "  ")
            lines += [f"    not said: {one_line(path)}" for path in each.unsaid]
    for note in proof.notes:
        lines += wrapped(note, "  Note: ")
    return "".join(f"{line}\n" for line in lines)


def _service(service: ServiceProof) -> Iterator[str]:
    if service.verdict == "kept" and not service.unsaid:
        return
    yield from wrapped(f"{service.service}: {service.summary}", "  ", "    ")
    for each in service.unsaid:
        yield f"    not said: {one_line(each.path)} ({each.operation}: {each.effect})"
