"""What a manager refuses at once because of what it stores: a port taken, a secret missing."""

from collections.abc import Sequence

from swarmwire import pb
from swarmwire.expected import expect, expect_each
from swarmwire.plan.refusals import Refusal, refusal
from swarmwire.releases import AnyRelease
from swarmwire.rules import Stored, service_create_problems, service_update_problems


def live_refusals(  # noqa: PLR0913 - a manager stores so many kinds of objects
    desired: pb.ServiceSpec,
    current: pb.Service | None = None,
    *,
    services: Sequence[pb.Service] | None = None,
    secrets: Sequence[pb.Secret] | None = None,
    configs: Sequence[pb.Config] | None = None,
    networks: Sequence[pb.Network] | None = None,
    release: AnyRelease = None,
) -> tuple[Refusal, ...]:
    """Why a manager refuses a service, in its order; empty if it does not.

    Args:
        desired: the spec that is to be sent.
        current: the service that is to be updated; None for a new one.
        services: all services of the swarm. None, here and below: not known, so nothing is said.
        secrets: all secrets; IDs and names are enough.
        configs: all configs; IDs and names are enough.
        networks: all networks.
        release: the engine of the managers; the newest unless it is given.

    Raises:
        ConvertError: kind "type": an argument is not such a message.

    Source: SwarmKit manager/controlapi/service.go, CreateService and UpdateService.
    """
    expect(pb.ServiceSpec, desired)
    stored = stored_objects(services, secrets, configs, networks)
    if current is None:
        problems = service_create_problems(desired, stored, release=release)
    else:
        expect(pb.Service, current)
        problems = service_update_problems(current, desired, stored, release=release)
    return tuple(refusal(problem) for problem in problems)


def stored_objects(
    services: Sequence[pb.Service] | None,
    secrets: Sequence[pb.Secret] | None,
    configs: Sequence[pb.Config] | None,
    networks: Sequence[pb.Network] | None,
) -> Stored:
    """The same as one argument for the rules.

    Raises:
        ConvertError: kind "type": one of them is not such a message.
    """
    for kind, items in (
        (pb.Service, services),
        (pb.Secret, secrets),
        (pb.Config, configs),
        (pb.Network, networks),
    ):
        if items is not None:
            expect_each(kind, items)
    return Stored(services, secrets, configs, networks)
