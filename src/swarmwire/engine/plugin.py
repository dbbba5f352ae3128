"""What runs in a task of the plugin runtime. Its JSON names are lower case.

Source: moby api/types/swarm/runtime.go.
"""

from swarmwire.engine.base import EngineObject


class RuntimePrivilege(EngineObject, rename=None):
    """A permission that a plugin asks for."""

    name: str = ""
    description: str = ""
    value: list[str] = []


class RuntimeSpec(EngineObject, rename=None):
    """The plugin that a task installs."""

    name: str = ""
    remote: str = ""
    privileges: list[RuntimePrivilege | None] = []
    disabled: bool = False
    env: list[str] = []
