"""The releases of the Docker engine, and what each does differently. Pure data.

``RELEASES`` lists them, oldest first; ``release("20.10.24")`` finds one. ``fields`` has what a
release knows of the Engine API, ``messages`` what its SwarmKit knows; what remains are ``quirks``,
each with a name. Everything else is the same in all of them.
"""

from swarmwire.releases.release import (
    NEWEST,
    RELEASES,
    AnyRelease,
    Release,
    as_release,
    release,
)

__all__ = ["NEWEST", "RELEASES", "AnyRelease", "Release", "as_release", "release"]
