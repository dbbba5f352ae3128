"""What a restore is asked to do, besides creating what is not there. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How to restore.

    Attributes:
        keep_subnets: give networks the subnets and gateways that the dead swarm had chosen.
        use_existing: let services use a network, secret or config of the same name that is there,
            though it differs from the bundle's. It is never changed.
        jobs: create jobs too, which runs them again.
        same_swarm: restore even into the swarm that the bundle comes from.
        only: nothing but these, as ``service/web`` or ``service/shop_*``, and what they refer to;
            all if empty.
    """

    keep_subnets: bool = False
    use_existing: bool = False
    jobs: bool = False
    same_swarm: bool = False
    only: tuple[str, ...] = ()
