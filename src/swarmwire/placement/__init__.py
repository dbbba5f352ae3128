"""Where the tasks of new and updated services find a place, told before they are deployed. Pure.

    forecast = forecast_placement(cluster, networks, [WantedService(spec)])
    for service in forecast.services:
        print(service.placed, service.waiting)

Several services are looked at together, as a stack's are. Roll-outs are followed slot by slot,
because they free places as they go: stop-first before a new task starts, start-first afterwards.
"""

from swarmwire.placement.forecast import (
    PlacementForecast,
    ServicePlacement,
    forecast_placement,
)
from swarmwire.placement.wanted import WantedService

__all__ = [
    "PlacementForecast",
    "ServicePlacement",
    "WantedService",
    "forecast_placement",
]
