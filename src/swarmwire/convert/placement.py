"""On which nodes tasks may run."""

from swarmwire import engine, pb
from swarmwire.convert.common import platform_from_grpc, platform_to_grpc


def placement_to_grpc(placement: engine.Placement, out: pb.Placement) -> None:
    """Fill ``out``; a preference without ``Spread`` is left out, as in the engine.

    Source: moby convert/service.go, ServiceSpecToGRPC.
    """
    out.constraints.extend(placement.constraints)
    for preference in placement.preferences:
        if preference.spread is not None:
            spread = out.preferences.add().spread
            spread.spread_descriptor = preference.spread.spread_descriptor
    for platform in placement.platforms:
        platform_to_grpc(platform, out.platforms.add())
    out.max_replicas = placement.max_replicas


def placement_from_grpc(placement: pb.Placement) -> engine.Placement:
    """Source: moby convert/service.go, placementFromGRPC."""
    return engine.Placement(
        constraints=placement.constraints[:],
        preferences=[
            engine.PlacementPreference(
                spread=engine.SpreadOver(spread_descriptor=preference.spread.spread_descriptor)
            )
            for preference in placement.preferences[:]
            if preference.HasField("spread")
        ],
        platforms=[platform_from_grpc(platform) for platform in placement.platforms[:]],
        max_replicas=placement.max_replicas,
    )
