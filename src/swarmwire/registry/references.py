"""Which images an engine asks registries about, and which it refuses before or after. Pure."""

from typing import Final

from swarmwire.images import ImageReference, check_image, is_digest, parse_image
from swarmwire.registry.errors import ImageLookupRefused
from swarmwire.releases import Release
from swarmwire.releases.quirks import does


def image_reference(image: str, release: Release) -> ImageReference:
    """The reference of an image that a registry is asked for: with a tag or a digest.

    Raises:
        ImageLookupRefused: it is none, or of no registry; in the words of an engine.

    Source: distribution/reference normalize.go, ParseAnyReference; moby distribution/pull.go.
    """
    try:
        check_image(image)
    except ValueError as err:
        raise ImageLookupRefused(400, _words(str(err), release)) from err
    found = None if is_digest(image) else parse_image(image)
    if found is None:
        raise ImageLookupRefused(500, "no manifest found for full image ID")
    is_bare = "." not in found.domain and ":" not in found.domain
    if is_bare and found.domain != "localhost" and does(release, "no-capital-hosts"):
        raise ImageLookupRefused(400, _LOWERCASE)
    host_counts = does(release, "host-counts-in-image-names")
    if len(found.path) + (len(found.domain) + 1 if host_counts else 0) > _LONGEST:
        raise ImageLookupRefused(400, _TOO_LONG)
    if found.familiar.partition(":")[0].partition("@")[0] == "scratch":
        raise ImageLookupRefused(400, "'scratch' is a reserved name")
    return found if found.tag or found.digest else found._replace(tag="latest")


_LONGEST: Final = 255
_TOO_LONG: Final = f"repository name must not be more than {_LONGEST} characters"
_LOWERCASE: Final = "invalid reference format: repository name must be lowercase"


def _words(text: str, release: Release) -> str:
    is_old = does(release, "no-capital-hosts") and text.endswith("must be lowercase")
    return _LOWERCASE if is_old else text


_DISABLED: Final = (
    "[DEPRECATION NOTICE] Docker Image Format v1 and Docker Image manifest version 2, schema 1"
    " support is disabled by default and will be removed in an upcoming release."
)
_REMOVED: Final = (
    "Docker Image Format v1 and Docker Image manifest version 2, schema 1 support has been removed."
)


def refuse_schema_1(reference: ImageReference, release: Release) -> None:
    """Refuse an image whose manifest is of schema 1, as newer releases do.

    Raises:
        ImageLookupRefused: in the words of the release.

    Source: moby distribution/errors.go, DeprecatedSchema1ImageError.
    """
    if does(release, "schema-1-images"):
        return
    begin = _DISABLED if does(release, "schema-1-notice") else _REMOVED
    raise ImageLookupRefused(
        400,
        f"{begin} Suggest the author of {reference} to upgrade the image to the OCI Format or"
        " Docker Image manifest v2, schema 2. More information at"
        " https://docs.docker.com/go/deprecated-image-specs/",
    )
