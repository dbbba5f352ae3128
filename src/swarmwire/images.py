"""References of images: which are some, and what a short one stands for. Pure.

Source: distribution/reference reference.go, normalize.go, regexp.go; opencontainers/go-digest.
"""

import re
from typing import Final, NamedTuple

_LONGEST_NAME: Final = 255
_LONGEST: Final = 4096
"""Nothing beyond is looked at: there is no such image."""

_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = rf"{_COMPONENT}(?:/{_COMPONENT})*"
_HOST_COMPONENT = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = rf"(?:{_HOST_COMPONENT}(?:\.{_HOST_COMPONENT})*|\[[a-fA-F0-9:]+\])"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_REFERENCE = re.compile(
    rf"((?:{_HOST}(?::[0-9]+)?/)?{_PATH})(?::{_TAG})?(?:@({_DIGEST}))?", re.ASCII
)
_HOST_OF_NAME = re.compile(rf"(?:{_HOST}(?::[0-9]+)?/)?({_PATH})")
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_ANY_DIGEST = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")
_DIGEST_SIZES: Final = {"sha256": 64, "sha384": 96, "sha512": 128}
_INVALID: Final = "invalid reference format"
_DEFAULT_DOMAIN: Final = "docker.io"
_OFFICIAL: Final = "library/"
_LATEST: Final = "latest"


class ImageReference(NamedTuple):
    """A reference of an image, taken apart.

    Attributes:
        domain: the registry: ``docker.io``, ``localhost:5000``.
        path: the repository there: ``library/busybox``.
        tag: the tag; nothing if it has none.
        digest: the digest; nothing likewise.
    """

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        return self.tagged + (f"@{self.digest}" if self.digest else "")

    @property
    def tagged(self) -> str:
        """Without the digest, at which engines look alone where there is one."""
        return f"{self.domain}/{self.path}" + (f":{self.tag}" if self.tag else "")

    @property
    def familiar(self) -> str:
        """The reference as people write it: without what is the default."""
        name = f"{self.domain}/{self.path}"
        if self.domain == _DEFAULT_DOMAIN:
            official = self.path.removeprefix(_OFFICIAL)
            name = self.path if "/" in official else official
        tag = f":{self.tag}" if self.tag else ""
        return name + tag + (f"@{self.digest}" if self.digest else "")


def parse_image(text: str) -> ImageReference | None:
    """A reference taken apart; None for what is no named one, as the id of an image.

    Source: distribution/reference normalize.go, ParseNormalizedNamed.
    """
    try:
        check_image(text)
    except ValueError:
        return None
    if _IDENTIFIER.fullmatch(text):
        return None
    domain, rest = _split_domain(text)
    named, _, digest = rest.partition("@")
    path, _, tag = named.partition(":")
    return ImageReference(domain, path, tag, digest)


def tagged_image(text: str) -> str:
    """The reference as every client sends it: short, and with a tag or a digest.

    Source: moby client/service_create.go, imageWithTagString.
    """
    found = parse_image(text)
    if found is None:
        return text
    return (found if found.tag or found.digest else found._replace(tag=_LATEST)).familiar


def pinned_image(text: str, digest: str) -> str:
    """The reference with a digest, unless it has one.

    Source: moby client/service_create.go, imageWithDigestString.
    """
    found = parse_image(text)
    return text if found is None or found.digest else found._replace(digest=digest).familiar


def normalized_image(text: str) -> ImageReference:
    """The reference in full: with ``latest`` if it names neither a tag nor a digest.

    Raises:
        ValueError: not a reference, or the id or digest of an image alone, which names no registry.

    Source: distribution/reference normalize.go, ParseNormalizedNamed and TagNameOnly.
    """
    check_image(text)
    if _IDENTIFIER.fullmatch(text) or is_digest(text):
        raise ValueError("the id of an image, which names no registry")
    found = parse_image(text)
    if found is None:
        raise ValueError(_INVALID)
    return found if found.tag or found.digest else found._replace(tag=_LATEST)


def check_image(text: str) -> None:
    """Refuse what is no reference of an image.

    Raises:
        ValueError: not a reference; the text is the library's.
    """
    if not text:
        raise ValueError("no image specified")
    if _IDENTIFIER.fullmatch(text) or is_digest(text):
        return
    if len(text) > _LONGEST:
        raise ValueError(_INVALID)
    domain, rest = _split_domain(text)
    name = rest.partition(":")[0]
    if name.lower() != name:
        raise ValueError(f"{_INVALID}: repository name ({name}) must be lowercase")
    found = _REFERENCE.fullmatch(f"{domain}/{rest}")
    if found is None:
        if _REFERENCE.fullmatch(f"{domain}/{rest}".lower()):
            raise ValueError("repository name must be lowercase")
        raise ValueError(_INVALID)
    path = _HOST_OF_NAME.fullmatch(found[1])
    if path is not None and len(path[1]) > _LONGEST_NAME:
        raise ValueError(f"repository name must not be more than {_LONGEST_NAME} characters")
    if found[2]:
        check_digest(found[2])


def _split_domain(text: str) -> tuple[str, str]:
    first, slash, rest = text.partition("/")
    if not slash:
        return "docker.io", f"library/{text}"
    if first == "index.docker.io":
        first = "docker.io"
    elif first != "localhost" and first.lower() == first and not {".", ":"} & set(first):
        return "docker.io", text
    if first == "docker.io" and "/" not in rest:
        rest = f"library/{rest}"
    return first, rest


def is_digest(text: str) -> bool:
    """Whether a text is a digest that engines know, and nothing else."""
    try:
        check_digest(text)
    except ValueError:
        return False
    return True


def check_digest(text: str) -> None:
    """Refuse what is no digest that engines know.

    Raises:
        ValueError: not a digest; the text is the library's.

    Source: opencontainers/go-digest.
    """
    if not _ANY_DIGEST.fullmatch(text):
        raise ValueError("invalid checksum digest format")
    algorithm, _, encoded = text.partition(":")
    size = _DIGEST_SIZES.get(algorithm)
    if size is None:
        raise ValueError("unsupported digest algorithm")
    if len(encoded) != size:
        raise ValueError("invalid checksum digest length")
    if not re.fullmatch("[a-f0-9]+", encoded):
        raise ValueError("invalid checksum digest format")
