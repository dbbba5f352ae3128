"""What registries say of images: the OCI distribution API, asked as an engine asks it.

    hosts = [registry_host("docker.io"), registry_host("localhost:5000")]
    async with Registries(hosts) as registries:
        found = await registries.describe("nginx:1.27")
        print(found.descriptor.digest)

Only the registries that are named are asked. Needs aiohttp: ``pip install 'swarmwire[serve]'``.
"""

from swarmwire.registry.certificates import CERTIFICATES
from swarmwire.registry.description import DistributionInspect, ImageDescriptor, ImagePlatform
from swarmwire.registry.errors import ImageLookupRefused, RegistryNotAsked, UnusableCertificate
from swarmwire.registry.hosts import RegistryHost, registry_host
from swarmwire.registry.lookup import Registries

__all__ = [
    "CERTIFICATES",
    "DistributionInspect",
    "ImageDescriptor",
    "ImageLookupRefused",
    "ImagePlatform",
    "Registries",
    "RegistryHost",
    "RegistryNotAsked",
    "UnusableCertificate",
    "registry_host",
]
