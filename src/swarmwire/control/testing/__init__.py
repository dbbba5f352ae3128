"""A manager in memory, for the tests of whoever uses ``Control``.

It keeps objects, names, versions and specs as a manager does, refuses what a manager refuses in the
same words, and streams changes. It runs nothing: no task is ever made but by ``put``. One that does
is ``swarmwire.embedded``.
"""

from swarmwire.control.testing.fake import FakeManager

__all__ = ["FakeManager"]
