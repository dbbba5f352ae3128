"""Stack files out of what runs: the services of a swarm as people would have written them. Pure.

``export`` writes a file of services and proves it: the file is read as the docker command reads it,
and what a deploy of it would do is planned against what is stored. What the file cannot say is
found so, and listed.
"""

from swarmwire.export.document import ExportChoice, UnexportedService
from swarmwire.export.exporting import Export, export
from swarmwire.export.proof import DIRECTORY, prove
from swarmwire.export.sections import Payload
from swarmwire.export.swarm import KnownSwarm, stack_of, stacks_of, without_defaults
from swarmwire.export.verdict import ObjectProof, Proof, ServiceProof, Verdict

__all__ = [
    "DIRECTORY",
    "Export",
    "ExportChoice",
    "KnownSwarm",
    "ObjectProof",
    "Payload",
    "Proof",
    "ServiceProof",
    "UnexportedService",
    "Verdict",
    "export",
    "prove",
    "stack_of",
    "stacks_of",
    "without_defaults",
]
