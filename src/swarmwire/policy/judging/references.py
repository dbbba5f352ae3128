"""Secrets and configs that a service reads, and the credentials that its image is pulled with."""

from typing import Final

from swarmwire import pb
from swarmwire.images import normalized_image
from swarmwire.policy.patterns import any_matches
from swarmwire.policy.scope import Scope
from swarmwire.policy.violation import Violations, violation
from swarmwire.spec import Steps

_USES: Final = {"secret": "use.secrets", "config": "use.configs"}


def judge_references(container: pb.ContainerSpec, at: Steps, scope: Scope) -> Violations:
    """Every secret and config, by its id where stored objects are known, else by its name."""
    for index, secret in enumerate(container.secrets):
        place = (*at, "Secrets", index, "SecretID")
        yield from _reference("secret", secret.secret_id, secret.secret_name, place, scope)
    for index, config in enumerate(container.configs):
        place = (*at, "Configs", index, "ConfigID")
        yield from _reference("config", config.config_id, config.config_name, place, scope)
    credentials = container.privileges.credential_spec
    if credentials.config:
        place = (*at, "Privileges", "CredentialSpec", "Config")
        yield from _reference("config", credentials.config, credentials.config, place, scope)


def _reference(kind: str, id_: str, name: str, at: Steps, scope: Scope) -> Violations:
    listed = scope.use.secrets if kind == "secret" else scope.use.configs
    rule = f"{kind}.foreign"
    said = f"{kind} {name or id_}: not of a stack of the client, and not listed"
    if scope.lookup is None:
        if not scope.owns_name(name) and not any_matches(listed, name):
            yield violation(rule, at, said, _USES[kind], name)
        return
    stored = scope.lookup(kind, id_)
    if not isinstance(stored, pb.Secret | pb.Config) or stored.id != id_:
        # what is not there is told as what is another's: nobody learns which
        yield violation(rule, at, said)
        return
    annotations = stored.spec.annotations
    if not scope.owns(annotations.labels) and not any_matches(listed, annotations.name):
        yield violation(rule, at, said, _USES[kind], annotations.name)


def judge_credentials(new: pb.ServiceSpec, stored: pb.Service) -> Violations:
    """Credentials that are kept may pull only from the registry that they were given for."""
    auth = new.task.container.pull_options.registry_auth
    if not auth:
        return
    registries = {
        _registry(old.task.container.image)
        for old in (stored.spec, stored.previous_spec)
        if old.task.container.pull_options.registry_auth == auth
    }
    if registries and _registry(new.task.container.image) not in registries:
        where = ("TaskTemplate", "ContainerSpec", "PullOptions", "RegistryAuth")
        reason = "the stored credentials would be used at another registry: send ones of your own"
        yield violation("registry-auth", where, reason)


def _registry(image: str) -> str:
    try:
        return normalized_image(image).domain
    except ValueError:
        return ""
