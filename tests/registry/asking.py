"""Images described by the library, beside what an engine answers."""

import asyncio
import json
from base64 import urlsafe_b64encode
from pathlib import Path

from swarmwire.registry import ImageLookupRefused, Registries, registry_host

NOWHERE = Path("/nonexistent")


def described(image, *hosts, release=None, login="", certificates=NOWHERE):
    """The status and the body that a gateway answers with."""

    async def ask():
        named = [registry_host(host) for host in hosts]
        async with Registries(named, release, certificates=certificates) as registries:
            try:
                return 200, await registries.describe_json(image, login)
            except ImageLookupRefused as err:
                return err.status, err.text

    return asyncio.run(ask())


def engine_describes(daemon, image, login=""):
    """The same of an engine."""
    headers = {"X-Registry-Auth": login} if login else {}
    answer = daemon.request("GET", f"/distribution/{image}/json", headers=headers)
    if answer.status == 200:
        return 200, answer.body.removesuffix(b"\n")
    return answer.status, answer.message


def header(**login):
    """Credentials as ``X-Registry-Auth`` has them."""
    return urlsafe_b64encode(json.dumps(login).encode()).decode()
