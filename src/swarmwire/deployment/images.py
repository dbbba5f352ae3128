"""Which digest the image of a service is pinned to, and which tags have to be looked up for it.

Pure. The docker command's rules: cli/command/stack/deploy_composefile.go, deployServices; moby
client/service_create.go, resolveContainerSpecImage. One of them is not followed: where a registry
cannot be asked, the docker command takes the digest of an unchanged image away, and so restarts all
tasks. Here such an image stays as it is stored.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from swarmwire import pb
from swarmwire.export.deployed import DeployedImage, unresolved_image
from swarmwire.images import parse_image, pinned_image, tagged_image
from swarmwire.stack.body.building import IMAGE

ResolveMode = Literal["always", "changed", "never"]
"""When tags are looked up: always, if the file names another image than it did, or never."""

Platforms = tuple[tuple[str, str], ...]
"""Architecture and operating system of each platform that an image is made for."""

_SHOWN_DIGEST: Final = 19
"""So many characters of a digest are shown: ``sha256:`` and twelve digits."""


class FoundImage(NamedTuple):
    """What a registry says of an image.

    Attributes:
        digest: the digest that the tag stands for; nothing if it could not be told.
        platforms: as swarms know them.
        error: why it could not be told.
    """

    digest: str = ""
    platforms: Platforms = ()
    error: str = ""


class ImageChoice(NamedTuple):
    """The image that a service is sent with.

    Attributes:
        image: its reference, and the platforms that it runs on.
        asked: the reference that had to be looked up; nothing if none had to.
        is_found: whether looking it up gave a digest.
        is_kept: whether it is the stored one.
    """

    image: DeployedImage
    asked: str = ""
    is_found: bool = False
    is_kept: bool = False


def chosen_image(
    written: str, stored: pb.Service | None, mode: ResolveMode, found: Mapping[str, FoundImage]
) -> ImageChoice:
    """The image that a service is sent with.

    Args:
        written: the image as the stack file has it.
        stored: the service as it is; None if it is new.
        mode: when tags are looked up.
        found: what registries say of images, by ``tagged_image``; may be empty.
    """
    is_same = stored is not None and stored.spec.annotations.labels.get(IMAGE) == written
    if mode == "never" or (is_same and mode == "changed"):
        return ImageChoice(unresolved_image(written, stored), is_kept=is_same)
    wanted = tagged_image(written)
    answer = found.get(wanted, FoundImage())
    if answer.digest:
        pinned = DeployedImage(pinned_image(wanted, answer.digest), answer.platforms)
        return ImageChoice(pinned, wanted, is_found=True)
    if stored is None or not is_same:
        return ImageChoice(DeployedImage(wanted), wanted)
    platforms = stored.spec.task.placement.platforms
    listed = tuple((each.architecture, each.os) for each in platforms)
    kept = DeployedImage(stored.spec.task.container.image, listed)
    return ImageChoice(kept, wanted, is_kept=True)


def moved_tag(stored: pb.ServiceSpec, sent: pb.ServiceSpec) -> str:
    """That a tag means something else by now, in words; nothing if it does not."""
    old, new = (parse_image(spec.task.container.image) for spec in (stored, sent))
    if old is None or new is None or not new.digest or old.digest == new.digest:
        return ""
    if old._replace(digest="") != new._replace(digest=""):
        return ""
    before = f"from {old.digest[:_SHOWN_DIGEST]}… " if old.digest else ""
    name = new._replace(digest="").familiar
    verb = "has moved" if old.digest else "gets a digest"
    return f"the tag {name} {verb} {before}to {new.digest[:_SHOWN_DIGEST]}…"


def platforms_of(listed: object) -> Platforms:
    """The platforms in an engine's answer, as clients send them to managers.

    Source: moby client/service_create.go, imageDigestAndPlatforms.
    """
    found: dict[tuple[str, str], None] = {}
    for each in listed if isinstance(listed, list) else ():
        if not isinstance(each, dict):
            continue
        architecture, os = str(each.get("architecture", "")), str(each.get("os", ""))
        if "unknown" in (architecture, os):
            continue
        # Nodes tell armv7l where images say arm.
        found["" if architecture.lower() == "arm" else architecture, os] = None
    return tuple(found)
