"""Create an object of any kind once, though answers are lost and managers go away for a while."""

from typing import Any, Final

from swarmwire.control import KINDS, Control
from swarmwire.control.layer import Layer
from swarmwire.control.methods import Methods
from swarmwire.rules.go_text import lower
from swarmwire.update.clock import REAL_TIME, Clock
from swarmwire.update.repeat import Created, create_once

_CREATING: Final = {
    "network": Methods.create_network,
    "secret": Methods.create_secret,
    "config": Methods.create_config,
    "service": Methods.create_service,
}


async def create_object(
    control: Control, kind: str, spec: Any, *, clock: Clock = REAL_TIME
) -> Created[Any]:
    """Create an object, unless its name is taken.

    Args:
        control: the manager.
        kind: network, secret, config or service.
        spec: the message of that kind that is sent.
        clock: its patience is how long the manager may be away.

    Raises:
        SwarmwireError: the manager refuses it, or stays away.
    """
    method: Any = _CREATING[kind]
    name = lower(spec.annotations.name)

    async def create() -> Any:
        return getattr(await Layer(control).unary(method, method.request(spec=spec)), kind)

    async def named() -> Any | None:
        # all of them, as filters for names mind the case, and creating does not
        listed = await KINDS[kind].listed(control)
        return next((one for one in listed if lower(one.spec.annotations.name) == name), None)

    return await create_once(create, named, clock=clock)
