"""Why a registry's word on an image cannot be had."""

from swarmwire.errors import SwarmwireError


class ImageLookupRefused(SwarmwireError):
    """There is no answer about an image.

    Attributes:
        status: the HTTP status that an engine answers with: 404 for a tag that is unknown.
        text: why, in the words of an engine where it has some. Never holds credentials.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, text)
        self.status = status
        self.text = text

    def __str__(self) -> str:
        return self.text


class UnusableCertificate(SwarmwireError):
    """A file with a certificate for a registry cannot be used.

    Attributes:
        path: the file, or its folder.
        reason: what is wrong with it; never what stands in it.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class RegistryNotAsked(ImageLookupRefused):
    """The image is of a registry that may not be asked.

    Attributes:
        registry: which one.
    """

    def __init__(self, registry: str) -> None:
        super().__init__(403, f"the registry {registry} is not asked")
        self.registry = registry
