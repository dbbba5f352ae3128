"""No secret comes through unless it is asked for, and no placeholder goes back."""

import pytest
from google.protobuf.message import Message

from swarmwire import control, pb
from swarmwire.control.methods import Methods, Streaming, Unary
from swarmwire.control.redact import redact, refuse_placeholders
from swarmwire.control.testing import FakeManager
from tests.control.build import created, data_spec, service_spec, update_service, watch
from tests.support.descriptors import is_map, is_repeated
from tests.support.fill import variants

SECRETS = {
    "AcceptancePolicy.RoleAdmissionPolicy.Secret.data",
    "CAConfig.signing_ca_key",
    "ContainerSpec.PullOptions.registry_auth",
    "EncryptionKey.key",
    "JoinTokens.manager",
    "JoinTokens.worker",
    "RootCA.ca_key",
    "RootRotation.ca_key",
    "SecretSpec.data",
}
METHODS = [one for one in vars(Methods).values() if isinstance(one, Unary | Streaming)]


def values(message: Message):
    """Each value in a message, by the name of its field."""
    for field, value in message.ListFields():
        name = field.full_name.removeprefix("docker.swarmkit.v1.")
        if is_map(field):
            continue
        for one in value if is_repeated(field) else [value]:
            if isinstance(one, Message):
                yield from values(one)
            else:
                yield name, one


@pytest.mark.parametrize("method", METHODS, ids=lambda one: one.place)
def test_all_that_is_secret_in_answers_is_hidden_and_nothing_else(method):
    for message in variants(method.answer):
        before = list(values(message))
        redact(message)
        for (name, old), (_, new) in zip(before, values(message), strict=True):
            hidden = new in (control.REDACTED, control.REDACTED.encode())
            assert hidden == (name in SECRETS)
            assert hidden or new == old


@pytest.mark.parametrize("method", METHODS, ids=lambda one: one.place)
def test_no_request_takes_a_placeholder(method):
    for message in variants(method.request):
        refuse_placeholders(message)
        if SECRETS & {name for name, _ in values(message)}:
            redact(message)
            with pytest.raises(control.RedactedValue, match=r"^not sent: spec\."):
                refuse_placeholders(message)


@pytest.mark.engine
async def test_watch_hides_what_managers_tell(dockerd, real):
    async with control.connect(dockerd.control_socket) as manager:
        changes = manager.watch(watch("secret"))
        assert await anext(changes) == pb.WatchMessage()
        open_changes = real.watch(watch("secret"))
        assert await anext(open_changes) == pb.WatchMessage()
        spec = data_spec(data=b"hush")
        await manager.create_secret(pb.CreateSecretRequest(spec=spec))
        hidden, shown = await anext(changes), await anext(open_changes)
        assert hidden.events[0].object.secret.spec.data == b"<redacted>"
        assert shown.events[0].object.secret.spec.data == b"hush"
        clusters = (await manager.list_clusters(pb.ListClustersRequest())).clusters
        assert clusters[0].root_ca.join_tokens.worker == "<redacted>"
        await changes.aclose()
        await open_changes.aclose()


async def test_credentials_for_a_registry_are_not_overwritten():
    fake = FakeManager()
    spec = service_spec()
    spec.task.container.pull_options.registry_auth = "token"
    manager = control.protected(fake)
    service = await created(manager, spec)
    assert service.spec.task.container.pull_options.registry_auth == "<redacted>"
    with pytest.raises(control.RedactedValue) as caught:
        await manager.update_service(update_service(service))
    assert caught.value.path == "spec.task.container.pull_options.registry_auth"
    assert "secrets=True" in str(caught.value)
    assert fake.objects("service")[0].spec == spec
