"""What a manager accepts and what goes wrong later: in the manager, the scheduler or the worker."""

from swarmwire.rules.hazards._hazard import Hazard
from swarmwire.rules.hazards.service import service_spec_hazards, service_spec_update_hazards

__all__ = ["Hazard", "service_spec_hazards", "service_spec_update_hazards"]
