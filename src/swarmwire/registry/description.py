"""What is known of an image, as ``/distribution`` answers it. Pure.

Source: moby api/types/registry/registry.go; opencontainers/image-spec descriptor.go.
"""

import msgspec


class ImagePlatform(msgspec.Struct, omit_defaults=True, frozen=True):
    """A platform that an image is made for, as ``/distribution`` shows it."""

    architecture: str = msgspec.field(default_factory=str)
    os: str = msgspec.field(default_factory=str)
    os_version: str = msgspec.field(default="", name="os.version")
    os_features: tuple[str, ...] = msgspec.field(default=(), name="os.features")
    variant: str = ""


class ImageDescriptor(msgspec.Struct, rename="camel", frozen=True):
    """A manifest, as ``/distribution`` shows it."""

    media_type: str
    digest: str
    size: int


class DistributionInspect(msgspec.Struct, rename="pascal", frozen=True):
    """What a registry says of an image, as ``/distribution`` answers it.

    Attributes:
        descriptor: the manifest that the reference stands for.
        platforms: what the image is made for; None if that is not known.
    """

    descriptor: ImageDescriptor
    platforms: tuple[ImagePlatform, ...] | None = None
