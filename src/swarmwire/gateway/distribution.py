"""Registries behind a gateway: what answers ``/distribution``. Needs the extra ``serve``.

registries = Registries([registry_host("docker.io")], release)
gateway = Gateway(opened, release=release, distribution=asking(registries))
async with registries, gateway.running():
    ...
"""

from swarmwire.gateway.lookups import DistributionLookup
from swarmwire.gateway.message import RequestRefused
from swarmwire.registry import ImageLookupRefused, Registries


def asking(registries: Registries) -> DistributionLookup:
    """What a gateway is given, so that it asks these registries."""

    async def lookup(image: str, login: str) -> bytes:
        try:
            return await registries.describe_json(image, login)
        except ImageLookupRefused as err:
            raise RequestRefused(err.status, err.text) from err

    return lookup
