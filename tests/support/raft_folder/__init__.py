"""Writes state directories of managers for tests."""

from tests.support.raft_folder.folder import BEGAN, RaftFolder, fill, member
from tests.support.raft_folder.objects import (
    cluster,
    config,
    create,
    key_of,
    network,
    node,
    object_id,
    objects_of,
    remove,
    secret,
    service,
    task,
    update,
)
from tests.support.raft_folder.sealing import key, seal, unlock_key_text
from tests.support.raft_folder.segment import Place

__all__ = [
    "BEGAN",
    "Place",
    "RaftFolder",
    "cluster",
    "config",
    "create",
    "fill",
    "key",
    "key_of",
    "member",
    "network",
    "node",
    "object_id",
    "objects_of",
    "remove",
    "seal",
    "secret",
    "service",
    "task",
    "unlock_key_text",
    "update",
]
