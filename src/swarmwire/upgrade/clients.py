"""Which clients an upgrade leaves behind."""

import msgspec

from swarmwire.engine.versions import parse_version
from swarmwire.releases import RELEASES, Release


class Clients(msgspec.Struct, frozen=True, kw_only=True):
    """The API versions that stop working, and who speaks no newer one.

    Attributes:
        refused_below: API versions below this one are refused from now on; empty if all that
            worked before still do.
        commands: releases whose docker command speaks no version that is still served.
    """

    refused_below: str = ""
    commands: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The same as a sentence; empty if no client is left behind."""
        if not self.refused_below:
            return ""
        who = f": the docker command of {', '.join(self.commands)}" if self.commands else ""
        return f"Clients that speak an API version below {self.refused_below} are refused{who}."


def clients_left_behind(before: Release, after: Release) -> Clients:
    """Which API versions ``after`` refuses, though ``before`` serves them.

    Source: moby daemon/config, MinAPIVersion.
    """
    oldest = parse_version(after.oldest_api_version)
    if oldest <= parse_version(before.oldest_api_version):
        return Clients()
    commands = tuple(
        each.name
        for each in RELEASES
        if each.is_released and parse_version(each.api_version) < oldest
    )
    return Clients(refused_below=after.oldest_api_version, commands=commands)
