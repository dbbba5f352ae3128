"""Secrets in answers are hidden, and what was hidden is not sent back.

Managers stream changes as they store them: secrets' data, the key of the swarm's certificate
authority, the keys of its networks. Lists hold join tokens and credentials for registries. Here
each of them that is not empty becomes a placeholder. The unlock key, which nobody gets without
asking for it, stays.
"""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

from swarmwire import pb
from swarmwire.control.errors import RedactedValue
from swarmwire.control.layer import Layer
from swarmwire.control.methods import Answer, Request, Streaming, Unary

REDACTED = "<redacted>"
"""What stands where a secret was."""

_BYTES = REDACTED.encode()

Place = tuple[str, pb.Message, str]
"""A field that holds a secret: its path, and where it is."""

Places = Iterator[Place]


class Redacted(Layer):
    """Hides secrets in what comes, and refuses placeholders in what goes."""

    async def unary(self, method: Unary[Request, Answer], request: Request) -> Answer:
        """Pass the call on, and hide what is secret in its answer."""
        refuse_placeholders(request)
        answer = await super().unary(method, request)
        redact(answer)
        return answer

    async def stream(
        self, method: Streaming[Request, Answer], request: Request
    ) -> AsyncGenerator[Answer, None]:
        """Pass the call on, and hide what is secret in its answers."""
        async with aclosing(super().stream(method, request)) as answers:
            async for answer in answers:
                redact(answer)
                yield answer


def redact(message: pb.Message) -> None:
    """Hide each secret in an object, an answer or an event, in place."""
    for _, owner, field in _secrets(message):
        value = getattr(owner, field)
        if value:
            setattr(owner, field, _BYTES if isinstance(value, bytes) else REDACTED)


def refuse_placeholders(message: pb.Message) -> None:
    """Refuse a request that holds what ``redact`` left.

    Raises:
        RedactedValue: with the path of the first.
    """
    for path, owner, field in _secrets(message):
        if getattr(owner, field) in (REDACTED, _BYTES):
            raise RedactedValue(path)


def _secrets(message: Any, path: str = "") -> Places:
    """Each field of the message that is meant for secrets, as far as it is there."""
    kind = type(message)
    for field in _FIELDS.get(kind, ()):
        yield f"{path}{field}", message, field
    for field in _PARTS.get(kind, ()):
        if message.HasField(field):
            yield from _secrets(getattr(message, field), f"{path}{field}.")
    for field in _LISTS.get(kind, ()):
        for index, part in enumerate(getattr(message, field)):
            yield from _secrets(part, f"{path}{field}[{index}].")


_Table = dict[type[pb.Message], tuple[str, ...]]

_FIELDS: _Table = {
    pb.AcceptancePolicy.RoleAdmissionPolicy.Secret: ("data",),
    pb.CAConfig: ("signing_ca_key",),
    pb.ContainerSpec.PullOptions: ("registry_auth",),
    pb.EncryptionKey: ("key",),
    pb.JoinTokens: ("worker", "manager"),
    pb.RootCA: ("ca_key",),
    pb.RootRotation: ("ca_key",),
    pb.SecretSpec: ("data",),
}

_PARTS: _Table = {
    pb.AcceptancePolicy.RoleAdmissionPolicy: ("secret",),
    pb.Cluster: ("spec", "root_ca"),
    pb.ClusterSpec: ("acceptance_policy", "ca_config"),
    pb.ContainerSpec: ("pull_options",),
    pb.CreateSecretRequest: ("spec",),
    pb.CreateSecretResponse: ("secret",),
    pb.CreateServiceRequest: ("spec",),
    pb.CreateServiceResponse: ("service",),
    pb.GetClusterResponse: ("cluster",),
    pb.GetSecretResponse: ("secret",),
    pb.GetServiceResponse: ("service",),
    pb.GetTaskResponse: ("task",),
    pb.Object: ("cluster", "secret", "service", "task"),
    pb.RootCA: ("join_tokens", "root_rotation"),
    pb.Secret: ("spec",),
    pb.Service: ("spec", "previous_spec"),
    pb.ServiceSpec: ("task",),
    pb.Task: ("spec",),
    pb.TaskSpec: ("container",),
    pb.UpdateClusterRequest: ("spec",),
    pb.UpdateClusterResponse: ("cluster",),
    pb.UpdateSecretRequest: ("spec",),
    pb.UpdateSecretResponse: ("secret",),
    pb.UpdateServiceRequest: ("spec",),
    pb.UpdateServiceResponse: ("service",),
    pb.WatchMessage.Event: ("object", "old_object"),
}

_LISTS: _Table = {
    pb.AcceptancePolicy: ("policies",),
    pb.Cluster: ("network_bootstrap_keys", "unlock_keys"),
    pb.ListClustersResponse: ("clusters",),
    pb.ListSecretsResponse: ("secrets",),
    pb.ListServicesResponse: ("services",),
    pb.ListTasksResponse: ("tasks",),
    pb.WatchMessage: ("events",),
}
