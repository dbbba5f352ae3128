"""The folder's files, with the names and modes that a manager gives them."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from swarmwire import pb
from tests.support.raft_folder.identity import NodeKey, node_certificate, root_certificate
from tests.support.raft_folder.segment import Segment


def put_log(root: Path, segments: Sequence[Segment], *, tail: int) -> None:
    """Write the segments; the last one is longer than what it holds."""
    put_files(root, {segment.name: bytes(segment.data) for segment in segments}, 0o600)
    if segments and tail:
        os.truncate(root / segments[-1].name, len(segments[-1].data) + tail)


def put_identity(
    root: Path, key: NodeKey, cluster_id: str, role: str, myself: pb.RaftMember
) -> None:
    """Write what lies in ``certificates``."""
    certificate = node_certificate(cluster_id, role, myself.node_id)
    put_files(root, {"certificates/swarm-node.key": key.pem()}, 0o600)
    put_files(
        root,
        {
            "certificates/swarm-node.crt": certificate,
            "certificates/swarm-root-ca.crt": root_certificate(),
        },
        0o644,
    )


def put_states(root: Path, myself: pb.RaftMember, managers: Iterable[pb.RaftMember]) -> None:
    """Write what the engine and the node note beside the log."""
    known = sorted((each.node_id, each.addr) for each in managers)
    state = [{"node_id": node_id, "addr": addr} for node_id, addr in known]
    docker = {
        "LocalAddr": "127.0.0.1",
        "RemoteAddr": "",
        "ListenAddr": "0.0.0.0:2377",
        "AdvertiseAddr": myself.addr,
        "DataPathAddr": "",
        "DefaultAddressPool": [],
        "SubnetSize": 24,
        "DataPathPort": 4789,
        "JoinInProgress": False,
    }
    put_files(root, {"state.json": _json(state), "docker-state.json": _json(docker)}, 0o600)


def put_files(root: Path, files: Mapping[str, bytes], mode: int) -> None:
    """Write files, whose names are as seen from ``root``."""
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(mode)


def put_directories(root: Path, names: Iterable[str]) -> None:
    """Make directories that may be empty."""
    for name in names:
        (root / name).mkdir(mode=0o700, parents=True, exist_ok=True)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
