"""Every number of every enum has its word, and every word that Docker knows its number."""

import pytest
from google.protobuf.descriptor import EnumDescriptor

from swarmwire import convert, engine, pb
from swarmwire.convert import enums
from swarmwire.errors import ConvertError
from tests.support.descriptors import enums_of, our_files

TABLES = {name: table for name, table in vars(enums).items() if isinstance(table, enums.EnumTable)}
PACKAGE = "docker.swarmkit.v1."

# The enum of each table, and the numbers that Docker has no word for.
ENUMS = {
    "APPARMOR_MODE": ("Privileges.AppArmorOpts.AppArmorMode", set()),
    "CA_PROTOCOL": ("ExternalCA.CAProtocol", set()),
    "ISOLATION": ("ContainerSpec.Isolation", set()),
    "MOUNT_CONSISTENCY": ("Mount.Consistency", set()),
    "MOUNT_PROPAGATION": ("Mount.BindOptions.Propagation", set()),
    "MOUNT_TYPE": ("Mount.Type", set()),
    "NODE_AVAILABILITY": ("NodeSpec.Availability", set()),
    "NODE_ROLE": ("NodeRole", set()),
    "NODE_STATE": ("NodeStatus.State", set()),
    "PORT_PROTOCOL": ("PortConfig.Protocol", set()),
    "PUBLISH_MODE": ("PortConfig.PublishMode", set()),
    "REACHABILITY": ("RaftMemberStatus.Reachability", set()),
    "RESOLUTION_MODE": ("EndpointSpec.ResolutionMode", set()),
    "RESTART_CONDITION": ("RestartPolicy.RestartCondition", set()),
    "SECCOMP_MODE": ("Privileges.SeccompOpts.SeccompMode", set()),
    "TASK_STATE": ("TaskState", set()),
    "UPDATE_FAILURE_ACTION": ("UpdateConfig.FailureAction", set()),
    "UPDATE_ORDER": ("UpdateConfig.UpdateOrder", set()),
    "UPDATE_STATE": ("UpdateStatus.UpdateState", {"UNKNOWN"}),
    "VOLUME_AVAILABILITY": ("VolumeSpec.VolumeAvailability", set()),
    "VOLUME_PUBLISH_STATE": ("VolumePublishStatus.State", set()),
    "VOLUME_SCOPE": ("VolumeAccessMode.Scope", set()),
    "VOLUME_SHARING": ("VolumeAccessMode.Sharing", set()),
}

# Enums that Docker's API has no words for, so that there is nothing to convert.
NOT_DOCKERS = {
    "AssignmentChange.AssignmentAction",
    "EncryptionKey.Algorithm",
    "HealthCheckResponse.ServingStatus",
    "IPAMConfig.AddressFamily",
    "IssuanceStatus.State",
    "LogStream",
    "MaybeEncryptedRecord.Algorithm",
    "NodeSpec.Membership",
    "ResourceType",
    "StoreActionKind",
    "Snapshot.Version",
    "UpdateServiceRequest.Rollback",
    "VolumeCapability.AccessMode.Mode",
    "WatchActionKind",
    "AssignmentsMessage.Type",
}


def enum_of(name) -> EnumDescriptor:
    (found,) = (
        enum
        for file in our_files().values()
        for enum in enums_of(file)
        if enum.full_name == PACKAGE + name
    )
    return found


def test_every_table_has_an_enum():
    assert TABLES.keys() == ENUMS.keys()


@pytest.mark.parametrize("name", sorted(ENUMS))
def test_every_number_has_one_word(name):
    enum_name, without_word = ENUMS[name]
    numbers = {
        value.number for value in enum_of(enum_name).values if value.name not in without_word
    }
    words = TABLES[name].words
    assert set(words.values()) == numbers
    assert len(words) == len(numbers)


def test_every_enum_is_in_a_table_or_not_dockers():
    have = {name for name, _ in ENUMS.values()} | NOT_DOCKERS
    every = {
        enum.full_name.removeprefix(PACKAGE)
        for file in our_files().values()
        if file.package == PACKAGE.rstrip(".")
        for enum in enums_of(file)
    }
    assert sorted(every - have) == []
    assert sorted(have - every) == []


# What becomes of a word on its way in: one line per enum that a request can set.

CONTAINER = "TaskTemplate.ContainerSpec"


def container(**attributes):
    spec = engine.ContainerSpec(image="i", **attributes)
    return engine.ServiceSpec(name="n", task_template=engine.TaskSpec(container_spec=spec))


def service(**attributes):
    spec = container()
    for name, value in attributes.items():
        holder = spec if name in spec.__struct_fields__ else spec.task_template
        setattr(holder, name, value)
    return spec


def volume(**attributes):
    spec = engine.ClusterVolumeSpec(**attributes)
    return engine.VolumeCreateRequest(cluster_volume_spec=spec)


def external_ca(word):
    ca_config = engine.CAConfig(external_cas=[engine.ExternalCA(protocol=word)])
    return engine.SwarmSpec(ca_config=ca_config)


WRITING = {
    "MOUNT_TYPE": (
        lambda word: container(mounts=[engine.Mount(type=word)]),
        lambda message: message.task.container.mounts[0].type,
        {"": 0, "BIND": 0, "Cluster": 4},
        {"image": 'invalid MountType: "image"', "bogus": 'invalid MountType: "bogus"'},
        f"{CONTAINER}.Mounts[0].Type",
    ),
    "MOUNT_PROPAGATION": (
        lambda word: container(
            mounts=[engine.Mount(bind_options=engine.BindOptions(propagation=word))]
        ),
        lambda message: message.task.container.mounts[0].bind_options.propagation,
        {"RShared": 2},
        {"up": 'invalid MountPropagation: "up"'},
        f"{CONTAINER}.Mounts[0].BindOptions.Propagation",
    ),
    "ISOLATION": (
        lambda word: container(isolation=word),
        lambda message: message.task.container.isolation,
        {"": 0, "bogus": 0, "HYPERV": 2},
        {},
        "",
    ),
    "SECCOMP_MODE": (
        lambda word: container(privileges=engine.Privileges(seccomp=engine.SeccompOpts(mode=word))),
        lambda message: message.task.container.privileges.seccomp.mode,
        {"": 0, "bogus": 0, "CUSTOM": 0},
        {},
        "",
    ),
    "APPARMOR_MODE": (
        lambda word: container(
            privileges=engine.Privileges(app_armor=engine.AppArmorOpts(mode=word))
        ),
        lambda message: message.task.container.privileges.apparmor.mode,
        {"": 0, "bogus": 0, "DISABLED": 0},
        {},
        "",
    ),
    "RESTART_CONDITION": (
        lambda word: service(restart_policy=engine.RestartPolicy(condition=word)),
        lambda message: message.task.restart.condition,
        {"": 2},
        {"bogus": 'invalid RestartCondition: "bogus"', "Any": 'invalid RestartCondition: "Any"'},
        "TaskTemplate.RestartPolicy.Condition",
    ),
    "UPDATE_FAILURE_ACTION": (
        lambda word: service(update_config=engine.UpdateConfig(failure_action=word)),
        lambda message: message.update.failure_action,
        {"": 0},
        {"bogus": "unrecognized update failure action bogus"},
        "UpdateConfig.FailureAction",
    ),
    "UPDATE_ORDER": (
        lambda word: service(rollback_config=engine.UpdateConfig(order=word)),
        lambda message: message.rollback.order,
        {"": 0},
        {"bogus": "unrecognized update order bogus"},
        "RollbackConfig.Order",
    ),
    "RESOLUTION_MODE": (
        lambda word: service(endpoint_spec=engine.EndpointSpec(mode=word)),
        lambda message: message.endpoint.mode,
        {"": 0},
        {"VIP": 'invalid resolution mode: "VIP"', 'a"b': 'invalid resolution mode: "a\\"b"'},
        "EndpointSpec.Mode",
    ),
    "PORT_PROTOCOL": (
        lambda word: service(
            endpoint_spec=engine.EndpointSpec(ports=[engine.PortConfig(protocol=word)])
        ),
        lambda message: message.endpoint.ports[0].protocol,
        {"": 0, "bogus": 0, "UDP": 1},
        {},
        "",
    ),
    "PUBLISH_MODE": (
        lambda word: service(
            endpoint_spec=engine.EndpointSpec(ports=[engine.PortConfig(publish_mode=word)])
        ),
        lambda message: message.endpoint.ports[0].publish_mode,
        {"": 0, "bogus": 0, "HOST": 1},
        {},
        "",
    ),
    "NODE_ROLE": (
        lambda word: engine.NodeSpec(role=word, availability="active"),
        lambda message: message.desired_role,
        {"Manager": 1},
        {"": 'invalid Role: ""', "x": 'invalid Role: "x"'},
        "Role",
    ),
    "NODE_AVAILABILITY": (
        lambda word: engine.NodeSpec(role="worker", availability=word),
        lambda message: message.availability,
        {"DRAIN": 2},
        {"": 'invalid Availability: ""', "x": 'invalid Availability: "x"'},
        "Availability",
    ),
    "CA_PROTOCOL": (
        external_ca,
        lambda message: message.ca_config.external_cas[0].protocol,
        {"CFSSL": 0},
        {"": 'invalid protocol: ""', "x": 'invalid protocol: "x"'},
        "CAConfig.ExternalCAs[0].Protocol",
    ),
    "VOLUME_SCOPE": (
        lambda word: volume(access_mode=engine.AccessMode(scope=word)),
        lambda message: message.access_mode.scope,
        {"": 0, "bogus": 0, "Multi": 0},
        {},
        "",
    ),
    "VOLUME_SHARING": (
        lambda word: volume(access_mode=engine.AccessMode(sharing=word)),
        lambda message: message.access_mode.sharing,
        {"": 0, "bogus": 0, "ALL": 0},
        {},
        "",
    ),
    "VOLUME_AVAILABILITY": (
        lambda word: volume(availability=word),
        lambda message: message.availability,
        {"": 0, "bogus": 0, "DRAIN": 0},
        {},
        "",
    ),
}

CONVERT = {
    engine.ServiceSpec: convert.service_spec_to_grpc,
    engine.NodeSpec: convert.node_spec_to_grpc,
    engine.SwarmSpec: convert.swarm_spec_to_grpc,
    engine.VolumeCreateRequest: convert.volume_create_to_grpc,
}


def written(name, word):
    make, number, *_ = WRITING[name]
    spec = make(word)
    return number(CONVERT[type(spec)](spec))


@pytest.mark.parametrize("name", WRITING)
def test_each_word_is_stored_as_its_number(name):
    for word, number in {**TABLES[name].words, **WRITING[name][2]}.items():
        assert written(name, word) == number, word


@pytest.mark.parametrize("name", [name for name in WRITING if WRITING[name][3]])
def test_unknown_word_is_refused_in_the_engines_words(name):
    *_, refused, path = WRITING[name]
    for word, reason in refused.items():
        with pytest.raises(ConvertError) as caught:
            written(name, word)
        assert (caught.value.path, caught.value.kind, caught.value.reason) == (
            path,
            "unknown",
            reason,
        )


def test_consistency_is_looked_at_by_lossless_only():
    spec = container(mounts=[engine.Mount(consistency="bogus")])
    convert.service_spec_to_grpc(spec)
    with pytest.raises(ConvertError) as caught:
        convert.service_spec_to_grpc(spec, lossless=True)
    assert caught.value.path == f"{CONTAINER}.Mounts[0].Consistency"
    assert caught.value.kind == "unknown"


# What becomes of a number on its way out, of one without a word too.


def stored_service(change):
    service = pb.Service()
    service.spec.task.container.image = "i"
    change(service)
    return convert.service_from_grpc(service)


def stored(type_, read, change):
    message = type_()
    change(message)
    return read(message)


def mount(change):
    def change_mount(service):
        change(service.spec.task.container.mounts.add())

    return stored_service(change_mount).spec.task_template.container_spec.mounts[0]


def port(change):
    def change_port(service):
        change(service.spec.endpoint.ports.add())

    return stored_service(change_port).spec.endpoint_spec.ports[0]


def node(change):
    return stored(pb.Node, convert.node_from_grpc, change)


def stored_volume(change):
    def change_volume(message):
        message.spec.driver.name = "d"
        change(message)

    return stored(pb.Volume, convert.volume_from_grpc, change_volume).cluster_volume


def setting(path, number):
    """A function that sets ``path`` of a message to ``number``."""
    *holders, name = path.split(".")

    def change(message):
        for holder in holders:
            message = getattr(message, holder)
            if holder.endswith(("cas", "publish_status")):
                message = message.add()
        setattr(message, name, number)

    return change


READING = {
    "MOUNT_TYPE": (lambda n: mount(setting("type", n)).type, ""),
    "MOUNT_PROPAGATION": (
        lambda n: mount(setting("bind_options.propagation", n)).bind_options.propagation,
        "",
    ),
    "ISOLATION": (
        lambda n: (
            stored_service(
                setting("spec.task.container.isolation", n)
            ).spec.task_template.container_spec.isolation
        ),
        "",
    ),
    "SECCOMP_MODE": (
        lambda n: (
            stored_service(
                setting("spec.task.container.privileges.seccomp.mode", n)
            ).spec.task_template.container_spec.privileges.seccomp.mode
        ),
        "",
    ),
    "APPARMOR_MODE": (
        lambda n: (
            stored_service(
                setting("spec.task.container.privileges.apparmor.mode", n)
            ).spec.task_template.container_spec.privileges.app_armor.mode
        ),
        "",
    ),
    "RESTART_CONDITION": (
        lambda n: (
            stored_service(
                setting("spec.task.restart.condition", n)
            ).spec.task_template.restart_policy.condition
        ),
        "any",
    ),
    "UPDATE_FAILURE_ACTION": (
        lambda n: (
            stored_service(
                setting("spec.update.failure_action", n)
            ).spec.update_config.failure_action
        ),
        "",
    ),
    "UPDATE_ORDER": (
        lambda n: stored_service(setting("spec.rollback.order", n)).spec.rollback_config.order,
        "",
    ),
    "UPDATE_STATE": (
        lambda n: stored_service(setting("update_status.state", n)).update_status.state,
        "",
    ),
    "RESOLUTION_MODE": (
        lambda n: stored_service(setting("spec.endpoint.mode", n)).spec.endpoint_spec.mode,
        "digits",
    ),
    "PORT_PROTOCOL": (lambda n: port(setting("protocol", n)).protocol, ""),
    "PUBLISH_MODE": (lambda n: port(setting("publish_mode", n)).publish_mode, ""),
    "TASK_STATE": (
        lambda n: (
            stored(pb.Task, convert.task_from_grpc, setting("desired_state", n)).desired_state
        ),
        "digits",
    ),
    "NODE_ROLE": (lambda n: node(setting("spec.desired_role", n)).spec.role, "digits"),
    "NODE_AVAILABILITY": (
        lambda n: node(setting("spec.availability", n)).spec.availability,
        "digits",
    ),
    "NODE_STATE": (lambda n: node(setting("status.state", n)).status.state, "digits"),
    "REACHABILITY": (
        lambda n: node(setting("manager_status.reachability", n)).manager_status.reachability,
        "digits",
    ),
    "CA_PROTOCOL": (
        lambda n: (
            stored(
                pb.Cluster,
                convert.swarm_from_grpc,
                setting("spec.ca_config.external_cas.protocol", n),
            )
            .spec.ca_config.external_cas[0]
            .protocol
        ),
        "digits",
    ),
    "VOLUME_SCOPE": (
        lambda n: stored_volume(setting("spec.access_mode.scope", n)).spec.access_mode.scope,
        "",
    ),
    "VOLUME_SHARING": (
        lambda n: stored_volume(setting("spec.access_mode.sharing", n)).spec.access_mode.sharing,
        "",
    ),
    "VOLUME_AVAILABILITY": (
        lambda n: stored_volume(setting("spec.availability", n)).spec.availability,
        "drain",
    ),
    "VOLUME_PUBLISH_STATE": (
        lambda n: stored_volume(setting("publish_status.state", n)).publish_status[0].state,
        "",
    ),
    "MOUNT_CONSISTENCY": (
        lambda n: (
            convert.service_from_grpc(consistency(n), lossless=True)
            .spec.task_template.container_spec.mounts[0]
            .consistency
        ),
        "",
    ),
}


def consistency(number):
    service = pb.Service()
    service.spec.task.container.mounts.add().consistency = number
    return service


@pytest.mark.parametrize("name", sorted(TABLES))
def test_each_number_is_shown_as_its_word(name):
    read, unnamed = READING[name]
    for word, number in TABLES[name].words.items():
        if name != "MOUNT_CONSISTENCY" or number:
            assert read(number) == word
    for number in (99, 2**31 - 1, -1):
        assert read(number) == (str(number) if unnamed == "digits" else unnamed)
    # Nothing is kept of the numbers without a word.
    assert set(TABLES[name].words.values()) == set(dict(TABLES[name].word))


def test_mount_without_consistency_has_none_in_lossless():
    assert READING["MOUNT_CONSISTENCY"][0](0) == ""
