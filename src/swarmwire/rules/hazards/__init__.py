"""What a manager accepts and what goes wrong later.

Who it hits is the module: ``manager``, which also asks all others about a service; ``scheduler``;
``worker``, with ``health``, ``hosts``, ``mounts``, ``process``, ``log_driver`` and ``ports`` for
the parts of a task. ``network`` is about networks, ``units`` about numbers meant in another unit.
"""

from swarmwire.rules.hazards.manager import service_spec_hazards, service_spec_update_hazards
from swarmwire.rules.hazards.network import network_spec_hazards

__all__ = ["network_spec_hazards", "service_spec_hazards", "service_spec_update_hazards"]
