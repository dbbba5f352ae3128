"""Stack files: what ``docker stack deploy`` reads, and the bodies that it makes of them.

``load`` reads the texts of files as the docker command does, YAML, variables, versions, short
forms, several files; ``bodies`` makes the Engine API's bodies of the result, which know the place
of every field in the files. Nothing is read but through the ``read`` that the caller gives.

Source: docker/cli cli/compose and cli/command/stack, release 29.
"""

from swarmwire.stack.bodies import Bodies, bodies, possible_bodies
from swarmwire.stack.config import config_text
from swarmwire.stack.files import Read
from swarmwire.stack.interpolation import Variable
from swarmwire.stack.loading import File, Stack, load, variables_of
from swarmwire.stack.places import Place
from swarmwire.stack.source_map import SourceMap

__all__ = [
    "Bodies",
    "File",
    "Place",
    "Read",
    "SourceMap",
    "Stack",
    "Variable",
    "bodies",
    "config_text",
    "load",
    "possible_bodies",
    "variables_of",
]
