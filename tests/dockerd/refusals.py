"""Service specs that are refused: by the engine, by the manager behind it, or as unreadable."""

from tests.dockerd.specs import (
    CONFIG,
    CREDENTIALS,
    SECOND,
    SECRET,
    Spec,
    container,
    mount,
    secret_file,
    service,
    task,
)

BY_ENGINE: dict[str, Spec] = {
    "runtime-without-its-spec": service(TaskTemplate={}),
    "runtime-plugin-without-its-spec": task(Runtime="plugin"),
    "runtime-unknown": task(Runtime="bogus"),
    "runtime-attachment": task(Runtime="attachment"),
    "runtime-plugin-replicated": service(
        TaskTemplate={"Runtime": "plugin", "PluginSpec": {"name": "p", "remote": "p:1"}}
    ),
    "modes-replicated-and-global": service(Mode={"Replicated": {"Replicas": 0}, "Global": {}}),
    "modes-of-two-jobs": service(Mode={"ReplicatedJob": {}, "GlobalJob": {}}),
    "restart-condition": task(RestartPolicy={"Condition": "bogus"}),
    "restart-condition-upper-case": task(RestartPolicy={"Condition": "Any"}),
    "update-failure-action": service(UpdateConfig={"FailureAction": "bogus"}),
    "update-order": service(UpdateConfig={"Order": "bogus"}),
    "rollback-failure-action": service(RollbackConfig={"FailureAction": "PAUSE"}),
    "rollback-order": service(RollbackConfig={"Order": "last-first"}),
    "endpoint-mode": service(EndpointSpec={"Mode": "bogus"}),
    "endpoint-mode-upper-case": service(EndpointSpec={"Mode": "VIP"}),
    "mount-type": mount(Type="bogus", Target="/x"),
    "mount-type-image": mount(Type="image", Source="x", Target="/x"),
    "mount-propagation": mount(
        Type="bind", Source="/a", Target="/b", BindOptions={"Propagation": "bogus"}
    ),
    "config-without-target": container(Configs=[CONFIG]),
    "config-with-two-targets": container(Configs=[CREDENTIALS | {"File": secret_file("f")}]),
    "credentials-from-nowhere": container(Privileges={"CredentialSpec": {}}),
    "credentials-from-two": container(Privileges={"CredentialSpec": {"File": "f", "Config": "c"}}),
    "credentials-from-others": container(
        Privileges={"CredentialSpec": {"File": "f", "Registry": "r"}}
    ),
    "credentials-from-three": container(
        Privileges={"CredentialSpec": {"File": "f", "Config": "c", "Registry": "r"}}
    ),
}

BY_MANAGER: dict[str, Spec] = {
    "name-with-a-dot": service(Name="a.b"),
    "name-with-a-dash-first": service(Name="-a"),
    "name-too-long": service(Name="a" * 64),
    "image-missing": container(Image=""),
    "image-unreadable": container(Image="BAD IMAGE"),
    "image-quoted": container(Image='a"b\\c\n\u00e9'),
    "cpu-too-few": task(Resources={"Limits": {"NanoCPUs": 1}}),
    "cpu-negative": task(Resources={"Reservations": {"NanoCPUs": -1_500_000_000}}),
    "memory-too-little": task(Resources={"Limits": {"MemoryBytes": 1}}),
    "memory-reserved-too-little": task(Resources={"Reservations": {"MemoryBytes": 4194303}}),
    "restart-delay": task(RestartPolicy={"Delay": -1}),
    "restart-window": task(RestartPolicy={"Window": -SECOND}),
    "constraint-without-operator": task(Placement={"Constraints": ["node.role=worker"]}),
    "constraint-bad-key": task(Placement={"Constraints": ["node.role==manager", "a b==c"]}),
    "constraint-bad-value": task(Placement={"Constraints": ["node.id==a,b"]}),
    "mount-twice": container(
        Mounts=[
            {"Type": "tmpfs", "Target": "/x{{.Task.Slot}}"},
            {"Type": "volume", "Target": "/x1"},
        ]
    ),
    "health-interval": container(Healthcheck={"Interval": 999_999}),
    "health-timeout": container(Healthcheck={"Timeout": -1}),
    "health-start-period": container(Healthcheck={"StartPeriod": 1}),
    "health-retries": container(Healthcheck={"Retries": -1}),
    "template-hostname": container(Hostname="{{.Nope}}"),
    "template-unclosed": container(Env=["A={{.Service.Name"]),
    "template-function": container(Env=['A={{env "HOME"}}']),
    "template-label": container(Env=["A={{.Service.Labels.x}}"]),
    "template-mount-source": mount(Type="volume", Source="{{.Task.Nope}}", Target="/x"),
    "template-volume-label": mount(
        Type="volume", Target="/x", VolumeOptions={"Labels": {"a": "{{.Node.Nope}}"}}
    ),
    "secret-without-id": container(Secrets=[{"SecretName": "a-secret", "File": secret_file("s")}]),
    "secret-without-target": container(Secrets=[SECRET]),
    "secret-without-file-name": container(Secrets=[SECRET | {"File": secret_file("")}]),
    "secrets-in-one-file": container(Secrets=[SECRET | {"File": secret_file("s")}] * 2),
    "config-without-name": container(Configs=[{"ConfigID": "<config>", "File": secret_file("c")}]),
    "configs-in-one-file": container(Configs=[CONFIG | {"File": secret_file("c")}] * 2),
    "credentials-not-among-configs": container(
        Privileges={"CredentialSpec": {"Config": "<credentials>"}}
    ),
    "job-with-update": task() | {"Mode": {"ReplicatedJob": {}}, "UpdateConfig": {}},
    "replicas-too-many": service(Mode={"Replicated": {"Replicas": 2**63}}),
    "job-completions-too-many": service(Mode={"ReplicatedJob": {"TotalCompletions": 2**63}}),
    "update-delay": service(UpdateConfig={"Delay": -1}),
    "update-monitor": service(UpdateConfig={"Monitor": -1}),
    "update-ratio": service(UpdateConfig={"MaxFailureRatio": 1.5}),
    "ports-twice": service(EndpointSpec={"Ports": [{"TargetPort": 1, "PublishedPort": 5000}] * 2}),
    "ports-without-virtual-ip": service(
        EndpointSpec={"Mode": "dnsrr", "Ports": [{"TargetPort": 1}]}
    ),
}

UNREADABLE: dict[str, str] = {
    "truncated": '{"Name":"x"',
    "syntax": "{'Name':'x'}",
    "list": "[]",
    "text": '"x"',
    "name-a-number": '{"Name":1}',
    "labels-a-list": '{"Labels":["a"]}',
    "label-a-number": '{"Labels":{"a":1}}',
    "replicas-negative": '{"Mode":{"Replicated":{"Replicas":-1}}}',
    "replicas-a-fraction": '{"Mode":{"Replicated":{"Replicas":1.5}}}',
    "replicas-too-large": '{"Mode":{"Replicated":{"Replicas":18446744073709551616}}}',
    "delay-a-text": '{"UpdateConfig":{"Delay":"10s"}}',
    "port-too-large": '{"EndpointSpec":{"Ports":[{"TargetPort":4294967296}]}}',
    "tty-a-number": '{"TaskTemplate":{"ContainerSpec":{"TTY":1}}}',
    "env-a-map": '{"TaskTemplate":{"ContainerSpec":{"Env":{"A":"1"}}}}',
    "mounts-an-object": '{"TaskTemplate":{"ContainerSpec":{"Mounts":{}}}}',
    "mode-a-text": '{"Mode":"global"}',
    "exponent": '{"TaskTemplate":{"ForceUpdate":1e3}}',
    "wrong-in-repeated-key": '{"Name":1,"Name":"x"}',
    "wrong-in-other-case": '{"tasktemplate":{"forceupdate":"1"}}',
    "mark-of-byte-order": '\ufeff{"Name":"x"}',
}

CRASHES: dict[str, Spec] = {
    "null-among-secrets": container(Secrets=[None]),
    "null-among-configs": container(Configs=[None]),
    "null-among-ulimits": container(Ulimits=[None]),
    "generic-resource-of-no-kind": task(Resources={"Reservations": {"GenericResources": [{}]}}),
}
"""What makes the engine hang up instead of giving an answer."""

BY_SOME: dict[str, Spec] = {
    # Engine 23 added cluster volumes, for requests of every API version.
    "mount-type-cluster": mount(Type="cluster", Source="x", Target="/x"),
    # From 25.0 on a name's length is counted without the host, which may have capitals.
    "image-long-with-its-host": container(Image=f"reg.io/{'b' * 250}"),
    "image-with-an-upper-case-host": container(Image="A/b"),
    "health-start-interval": container(Healthcheck={"Test": ["NONE"], "StartInterval": 1}),
}
"""What some releases refuse, and others take."""
