"""Names. Services and networks have one grammar, secrets and configs another."""

import re

from swarmwire import pb
from swarmwire.rules._problems import Problems, invalid

_DNS_NAME = re.compile(r"[a-zA-Z0-9](?:[-_a-zA-Z0-9]*[a-zA-Z0-9])?")
_DATA_NAME = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?")
_MAX_DNS_NAME = 63
_MAX_DATA_NAME = 64

MISSING = "meta: name must be provided"


def dns_name_problems(name: str) -> Problems:
    """The name of a service or network. Source: SwarmKit controlapi, validateAnnotations."""
    if not name:
        yield invalid(MISSING, "Name", kind="missing")
        return
    if not _DNS_NAME.fullmatch(name):
        yield invalid("name must be valid as a DNS name component", "Name")
    if len(name.encode()) > _MAX_DNS_NAME:
        yield invalid("name must be 63 characters or fewer", "Name")


def data_name_problems(name: str) -> Problems:
    """The name of a secret or config.

    Source: SwarmKit controlapi, validateConfigOrSecretAnnotations.
    """
    if not name:
        yield invalid("name must be provided", "Name", kind="missing")
    elif len(name.encode()) > _MAX_DATA_NAME or not _DATA_NAME.fullmatch(name):
        yield invalid(
            "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed,"
            " and the start and end character must be [a-zA-Z0-9]",
            "Name",
        )


def labels_only_problems(
    old: pb.SecretSpec | pb.ConfigSpec, new: pb.SecretSpec | pb.ConfigSpec
) -> Problems:
    """A secret or config keeps its name and data for life; no data at all means the same data."""
    reason = "only updates to Labels are allowed"
    if old.annotations.name != new.annotations.name:
        yield invalid(reason, "Name", kind="unsupported")
    if new.data and new.data != old.data:
        yield invalid(reason, "Data", kind="unsupported")
