"""Everything wrong with a stack file at once, with file, line and column. Pure.

``check_stack`` reads the files as the docker command does, and asks every party that has a say: the
docker command itself, then engine, manager and workers about each body that it would send. It needs
a YAML parser: ``pip install 'swarmwire[stack]'``.
"""

from swarmwire.check.stack._checking import check_stack

__all__ = ["check_stack"]
