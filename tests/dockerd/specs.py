"""Service specs that a real engine accepts: what clients send, plain and odd.

``<name>`` stands for the name of the case, ``<secret>`` and its like for the ids of objects that
the tests create. A spec in JSON text is sent as it stands. Nothing runs: no replicas are asked for,
or a placement that no node fulfils.
"""

from typing import Any

IMAGE = "<image>"
SECOND = 1_000_000_000
LABELS = {"b": "<2>", "a": "☃", "": ""}
NOWHERE = {"Constraints": ["node.labels.nowhere==true"]}

Spec = dict[str, Any]


def service(**fields: Any) -> Spec:
    """A service without tasks."""
    plain = {
        "Name": "<name>",
        "TaskTemplate": {"ContainerSpec": {"Image": IMAGE}},
        "Mode": {"Replicated": {"Replicas": 0}},
    }
    return plain | fields


def task(**fields: Any) -> Spec:
    return service(TaskTemplate={"ContainerSpec": {"Image": IMAGE}} | fields)


def container(**fields: Any) -> Spec:
    return task(ContainerSpec={"Image": IMAGE} | fields)


def mount(**fields: Any) -> Spec:
    return container(Mounts=[fields])


def nowhere(**mode: Any) -> Spec:
    """A service that wants tasks and finds no node for them."""
    return task(Placement=NOWHERE) | {"Mode": mode}


def secret_file(name: str, **fields: Any) -> Spec:
    return {"Name": name, "UID": "0", "GID": "0", "Mode": 0o444} | fields


SECRET = {"SecretID": "<secret>", "SecretName": "a-secret"}
CONFIG = {"ConfigID": "<config>", "ConfigName": "a-config"}
CREDENTIALS = {"ConfigID": "<credentials>", "ConfigName": "a-credential-spec", "Runtime": {}}

MODES: dict[str, Spec | str] = {
    "replicas-none-given": nowhere(),
    "replicas-empty": nowhere(Replicated={}),
    "replicas-zero": service(),
    "replicas-seven": nowhere(Replicated={"Replicas": 7}),
    "replicas-null": nowhere(Replicated={"Replicas": None}),
    "global": nowhere(Global={}),
    "job-empty": nowhere(ReplicatedJob={}),
    "job-three-at-once": nowhere(ReplicatedJob={"MaxConcurrent": 3}),
    "job-nine-in-all": nowhere(ReplicatedJob={"MaxConcurrent": 2, "TotalCompletions": 9}),
    "job-none-at-all": nowhere(ReplicatedJob={"MaxConcurrent": 0, "TotalCompletions": 0}),
    "job-on-each-node": nowhere(GlobalJob={}),
    "mode-null": task(Placement=NOWHERE) | {"Mode": None},
}

CONTAINERS: dict[str, Spec | str] = {
    "container-command": container(Command=["/bin/sh", "-c"], Args=["echo 'a \"b\"'", ""]),
    "container-process": container(
        Hostname="{{.Service.Name}}-{{.Task.Slot}}",
        Env=["A=1", "EMPTY=", "NO_VALUE", "NODE={{.Node.Hostname}}", "A=again"],
        Dir="/srv",
        User="1000:1000",
        Groups=["audio", "1001"],
        TTY=True,
        OpenStdin=True,
        ReadOnly=True,
    ),
    "container-labels": container(Labels={"z": "last", "a.b/c": "", "": "empty key", "Z": "9"}),
    "container-init": container(Init=True),
    "container-no-init": container(Init=False),
    "container-stop": container(StopSignal="SIGUSR1", StopGracePeriod=15 * SECOND),
    "container-stop-at-once": container(StopGracePeriod=0),
    "container-stop-negative": container(StopGracePeriod=-5 * SECOND),
    "container-healthcheck": container(
        Healthcheck={
            "Test": ["CMD-SHELL", "exit 0"],
            "Interval": 30 * SECOND,
            "Timeout": 1_500_000,
            "StartPeriod": 2 * SECOND,
            "StartInterval": SECOND,
            "Retries": 3,
        }
    ),
    "container-healthcheck-empty": container(Healthcheck={}),
    "container-healthcheck-none": container(Healthcheck={"Test": ["NONE"]}),
    "container-hosts": container(Hosts=["10.1.1.1 db db.example", "::1 six"]),
    "container-dns": container(
        DNSConfig={
            "Nameservers": ["8.8.8.8", "2001:db8::1", "::ffff:1.2.3.4", "fe80::1%eth0"],
            "Search": ["example.com"],
            "Options": ["ndots:2", "rotate"],
        }
    ),
    "container-dns-empty": container(DNSConfig={}),
    "container-dns-spelling": container(DNSConfig={"Nameservers": ["2001:DB8::0", "::"]}),
    "container-start-interval-zero": container(Healthcheck={"Test": ["NONE"], "StartInterval": 0}),
    "container-isolation": container(Isolation="hyperv"),
    "container-isolation-upper-case": container(Isolation="PROCESS"),
    "container-isolation-unknown": container(Isolation="bogus"),
    "container-sysctls": container(Sysctls={"net.ipv4.ip_forward": "0", "kernel.msgmax": "65536"}),
    "container-capabilities": container(
        CapabilityAdd=["CAP_NET_ADMIN", "sys_time"], CapabilityDrop=["ALL"]
    ),
    "container-ulimits": container(
        Ulimits=[
            {"Name": "nofile", "Hard": 2048, "Soft": 1024},
            {"Name": "core", "Hard": -1, "Soft": -1},
            {"Name": "upside-down", "Hard": 1, "Soft": 2},
        ]
    ),
    "container-unknown-to-this-engine": container(
        OomScoreAdj=-500,
        Privileges={
            "Seccomp": {"Mode": "custom", "Profile": "e30="},
            "AppArmor": {"Mode": "disabled"},
            "NoNewPrivileges": True,
        },
    ),
    "privileges-empty": container(Privileges={}),
    "privileges-selinux": container(
        Privileges={
            "SELinuxContext": {
                "Disable": True,
                "User": "u",
                "Role": "r",
                "Type": "t",
                "Level": "s0:c1,c2",
            }
        }
    ),
    "privileges-credential-file": container(Privileges={"CredentialSpec": {"File": "spec.json"}}),
    "privileges-credential-registry": container(
        Privileges={"CredentialSpec": {"Registry": "key", "Config": "", "File": ""}}
    ),
    "privileges-credential-config": container(
        Privileges={"CredentialSpec": {"Config": "<credentials>"}}, Configs=[CREDENTIALS]
    ),
    "secret-file": container(Secrets=[SECRET | {"File": secret_file("s")}]),
    "secret-twice": container(
        Secrets=[
            SECRET | {"File": secret_file("one", UID="1000", GID="50", Mode=0o4755)},
            SECRET | {"File": secret_file("/run/two")},
        ]
    ),
    "config-file": container(Configs=[CONFIG | {"File": secret_file("/etc/c.conf", Mode=0)}]),
    "config-for-the-runtime": container(Configs=[CREDENTIALS]),
}

MOUNTS: dict[str, Spec | str] = {
    "mount-bind": mount(Type="bind", Source="/srv", Target="/srv", ReadOnly=True),
    "mount-without-type": mount(Source="/srv", Target="/srv"),
    "mount-upper-case-type": mount(Type="VOLUME", Source="v", Target="/v"),
    "mount-bind-propagation": mount(
        Type="bind", Source="/a", Target="/b", BindOptions={"Propagation": "rshared"}
    ),
    "mount-bind-not-recursive": mount(
        Type="bind", Source="/a", Target="/b", BindOptions={"NonRecursive": True}
    ),
    "mount-bind-slave-not-recursive": mount(
        Type="bind",
        Source="/a",
        Target="/b",
        BindOptions={"Propagation": "slave", "NonRecursive": True},
    ),
    "mount-bind-options-empty": mount(Type="bind", Source="/a", Target="/b", BindOptions={}),
    "mount-bind-newer-options": mount(
        Type="bind",
        Source="/a",
        Target="/b",
        BindOptions={
            "Propagation": "private",
            "CreateMountpoint": True,
            "ReadOnlyNonRecursive": True,
            "ReadOnlyForceRecursive": True,
        },
    ),
    "mount-volume": mount(
        Type="volume",
        Source="data-{{.Task.Slot}}",
        Target="/data",
        VolumeOptions={
            "NoCopy": True,
            "Labels": {"b": "2", "a": "1"},
            "Subpath": "below",
            "DriverConfig": {"Name": "local", "Options": {"type": "nfs", "o": "addr=10.0.0.1,rw"}},
        },
    ),
    "mount-volume-options-empty": mount(Type="volume", Target="/v", VolumeOptions={}),
    "mount-volume-driver-empty": mount(
        Type="volume", Target="/v", VolumeOptions={"DriverConfig": {}}
    ),
    "mount-tmpfs": mount(
        Type="tmpfs",
        Target="/tmp",
        TmpfsOptions={"SizeBytes": 67108864, "Mode": 0o1777, "Options": [["noexec"]]},
    ),
    "mount-tmpfs-options-empty": mount(Type="tmpfs", Target="/tmp", TmpfsOptions={}),
    "mount-pipe": mount(Type="npipe", Source=r"\\.\pipe\a", Target=r"\\.\pipe\b"),
    "mount-consistency": mount(Type="bind", Source="/a", Target="/b", Consistency="cached"),
    "mount-of-each-kind": container(
        Mounts=[
            {"Type": "bind", "Source": "/a", "Target": "/a"},
            {"Type": "volume", "Source": "b", "Target": "/b", "ReadOnly": True},
            {"Type": "tmpfs", "Target": "/c"},
        ]
    ),
}

TASKS: dict[str, Spec | str] = {
    "resources-empty": task(Resources={}),
    "resources-all": task(
        Resources={
            "Limits": {"NanoCPUs": 1_500_000_000, "MemoryBytes": 134217728, "Pids": 100},
            "Reservations": {
                "NanoCPUs": 1_000_000,
                "MemoryBytes": 4194304,
                "GenericResources": [
                    {"DiscreteResourceSpec": {"Kind": "SSD", "Value": 3}},
                    {"NamedResourceSpec": {"Kind": "GPU", "Value": "UUID1"}},
                ],
            },
        }
    ),
    "resources-only-pids": task(Resources={"Limits": {"Pids": 20}}),
    "resources-only-limits": task(Resources={"Limits": {}}),
    "resources-only-reservations": task(Resources={"Reservations": {}}),
    "resources-swap": task(
        Resources={"Limits": {"MemoryBytes": 8388608}, "SwapBytes": 1, "MemorySwappiness": 60}
    ),
    "restart-empty": task(RestartPolicy={}),
    "restart-never": task(RestartPolicy={"Condition": "none"}),
    "restart-on-failure": task(
        RestartPolicy={
            "Condition": "on-failure",
            "Delay": 5 * SECOND,
            "MaxAttempts": 3,
            "Window": 120 * SECOND,
        }
    ),
    "restart-zeros": task(
        RestartPolicy={"Condition": "any", "Delay": 0, "MaxAttempts": 0, "Window": 0}
    ),
    "placement-empty": task(Placement={}),
    "placement-all": task(
        Placement={
            "Constraints": ["node.role==worker", " node.labels.zone != east "],
            "Preferences": [
                {"Spread": {"SpreadDescriptor": "node.labels.rack"}},
                {"Spread": {"SpreadDescriptor": ""}},
                {},
            ],
            "MaxReplicas": 2,
            "Platforms": [{"Architecture": "amd64", "OS": "linux"}, {"OS": "windows"}, {}],
        }
    ),
    "log-driver": task(LogDriver={"Name": "json-file", "Options": {"max-size": "1m", "env": "A"}}),
    "log-driver-empty": task(LogDriver={}),
    "force-update": task(ForceUpdate=18446744073709551615),
    "runtime-named": task(Runtime="container"),
    "network-by-id": task(Networks=[{"Target": "<network>"}]),
    "network-by-name": task(
        Networks=[
            {
                "Target": "a-network",
                "Aliases": ["db", "db.example"],
                "DriverOpts": {"com.example.x": "y"},
            }
        ]
    ),
    "network-of-the-host": task(Networks=[{"Target": "host"}]),
    "network-of-the-service": service(Networks=[{"Target": "a-network", "Aliases": ["old"]}]),
    "network-at-both-places": task(Networks=[{"Target": "<network>"}])
    | {"Networks": [{"Target": "<network>", "Aliases": ["old"]}]},
}

SERVICES: dict[str, Spec | str] = {
    "labels-odd": service(
        Labels={
            "traefik.http.routers.x.rule": "Host(`a.b`) && Path(`/<x>`)",
            'quote"back\\slash/': "tab\tnew\nline\rreturn",
            "space in key": " ",
            "ünïcödé ☃ 😀": "日本語",
            "line\u2028separators\u2029": "\u007f\u0080",
            "control": "\u0001\u0008\u000c\u001f",
            "": "",
        }
    ),
    "update-empty": service(UpdateConfig={}, RollbackConfig={}),
    "update-all": service(
        UpdateConfig={
            "Parallelism": 2,
            "Delay": 10 * SECOND,
            "FailureAction": "rollback",
            "Monitor": 15 * SECOND,
            "MaxFailureRatio": 0.15,
            "Order": "start-first",
        },
        RollbackConfig={
            "Parallelism": 0,
            "Delay": 1,
            "FailureAction": "continue",
            "Monitor": 0,
            "MaxFailureRatio": 1,
            "Order": "stop-first",
        },
    ),
    "update-third": service(UpdateConfig={"MaxFailureRatio": 0.3333333333333333}),
    "update-tiny": service(
        UpdateConfig={"MaxFailureRatio": 1e-7}, RollbackConfig={"MaxFailureRatio": 0.000001}
    ),
    "update-tiny-of-another-engine": service(
        TaskTemplate={"ContainerSpec": {"Image": IMAGE, "Privileges": {}}},
        UpdateConfig={"MaxFailureRatio": 1.5e-7},
        RollbackConfig={"MaxFailureRatio": 9.9e-6},
    ),
    "endpoint-empty": service(EndpointSpec={}),
    "endpoint-virtual-ip": service(EndpointSpec={"Mode": "vip"}),
    "endpoint-round-robin": service(EndpointSpec={"Mode": "dnsrr"}),
    "endpoint-ports": service(
        EndpointSpec={
            "Ports": [
                {"Name": "web", "Protocol": "tcp", "TargetPort": 80, "PublishedPort": 18080},
                {"Protocol": "udp", "TargetPort": 53, "PublishMode": "host"},
                {"Protocol": "sctp", "TargetPort": 9, "PublishedPort": 9, "PublishMode": "host"},
            ]
        }
    ),
    "endpoint-port-empty": service(EndpointSpec={"Ports": [{}]}),
    "endpoint-port-words-unknown": service(
        EndpointSpec={"Ports": [{"Protocol": "bogus", "TargetPort": 1, "PublishMode": "BOGUS"}]}
    ),
    "endpoint-port-words-upper-case": service(
        EndpointSpec={"Ports": [{"Protocol": "UDP", "TargetPort": 1, "PublishMode": "Host"}]}
    ),
    "endpoint-host-port-without-virtual-ip": service(
        EndpointSpec={
            "Mode": "dnsrr",
            "Ports": [{"TargetPort": 70000, "PublishedPort": 65536, "PublishMode": "host"}],
        }
    ),
}

TEXTS: dict[str, Spec | str] = {
    "keys-lower-case": """{"name":"<name>","tasktemplate":{"containerspec":{"image":"<image>",
        "ENV":["A=1"],"dnsconfig":{"NAMESERVERS":["1.1.1.1"]},"tty":true}},
        "mode":{"replicated":{"replicas":0}}}""",
    "keys-repeated": """{"Name":"first","Labels":{"a":"1","b":"2"},"Name":"<name>",
        "Labels":{"b":"3","c":"4"},"TaskTemplate":{"ContainerSpec":{"Image":"x","User":"u"}},
        "TaskTemplate":{"ContainerSpec":{"Image":"<image>","Args":["a","b"],"Args":["c"]}},
        "Mode":{"Replicated":{"Replicas":5}},"Mode":{"Replicated":{"Replicas":0}}}""",
    "keys-repeated-in-lists": """{"Name":"<name>","Mode":{"Replicated":{"Replicas":0}},
        "TaskTemplate":{"ContainerSpec":{"Image":"<image>",
        "Mounts":[{"Type":"volume","Source":"v","Target":"/v","ReadOnly":true},
                  {"Type":"tmpfs","Target":"/t"}],
        "Mounts":[{"Target":"/w"}]}}}""",
    "keys-unknown": """{"Name":"<name>","Bogus":{"deep":[1,2.5,{"x":null}]},
        "TaskTemplate":{"ContainerSpec":{"Image":"<image>","Comand":["x"]},"Unit":"cm"},
        "Mode":{"Replicated":{"Replicas":0,"Replica":3}}}""",
    "keys-named-after-go": """{"Annotations":{"Name":"lost"},"Name":"<name>",
        "TaskTemplate":{"ContainerSpec":{"Image":"<image>"}},
        "Mode":{"Replicated":{"Replicas":0}}}""",
    "nulls-everywhere": """{"Name":"<name>","Labels":null,"UpdateConfig":null,
        "RollbackConfig":null,"EndpointSpec":null,"Networks":null,
        "TaskTemplate":{"ContainerSpec":{"Image":"<image>","Labels":null,"Command":null,
            "Args":null,"Hostname":null,"Env":null,"Dir":null,"User":null,"Groups":null,
            "Privileges":null,"Init":null,"StopSignal":null,"TTY":null,"OpenStdin":null,
            "ReadOnly":null,"Mounts":null,"StopGracePeriod":null,"Healthcheck":null,"Hosts":null,
            "DNSConfig":null,"Secrets":null,"Configs":null,"Isolation":null,"Sysctls":null,
            "CapabilityAdd":null,"CapabilityDrop":null,"Ulimits":null},
            "Resources":null,"RestartPolicy":null,"Placement":null,"Networks":null,
            "LogDriver":null,"ForceUpdate":null,"Runtime":null},
        "Mode":{"Replicated":{"Replicas":0},"Global":null}}""",
    "empty-lists-everywhere": """{"Name":"<name>","Labels":{},"TaskTemplate":{
        "ContainerSpec":{"Image":"<image>","Labels":{},"Command":[],"Args":[],"Env":[],
            "Groups":[],"Mounts":[],"Hosts":[],"Secrets":[],"Configs":[],"Sysctls":{},
            "CapabilityAdd":[],"CapabilityDrop":[],"Ulimits":[],
            "DNSConfig":{"Nameservers":[],"Search":[],"Options":[]}},
        "Placement":{"Constraints":[],"Preferences":[],"Platforms":[]},"Networks":[],
        "LogDriver":{"Options":{}},"Resources":{"Reservations":{"GenericResources":[]}}},
        "Mode":{"Replicated":{"Replicas":0}},"EndpointSpec":{"Ports":[]}}""",
    "escapes-and-spaces": """ { "Name" : "<name>" , "Labels" : { "\\u0061\\/" : "\\ud83d\\ude00" ,
        "lone" : "\\ud800" } , "TaskTemplate" : { "ContainerSpec" : { "\\u0049mage" :
        "<image>" } } , "Mode" : { "Replicated" : { "Replicas" : 0 } } } """,
    # What docker-py's services.create sends.
    "docker-py": """{"Name":"<name>","TaskTemplate":{"ContainerSpec":{"Image":"<image>",
        "Command":["sleep","9"],"Args":null,"Env":["A=1"],"Labels":{"x":"y"},
        "Mounts":[{"Target":"/d","Source":"v","Type":"volume","ReadOnly":false}]},
        "RestartPolicy":{"Condition":"on-failure","Delay":5,"MaxAttempts":0,"Window":0},
        "Resources":{"Limits":{"MemoryBytes":16777216}},
        "Placement":{"Constraints":["node.labels.nowhere==true"]}},
        "Labels":null,"Mode":{"replicated":{"Replicas":2}},"UpdateConfig":null,
        "EndpointSpec":{"Ports":[{"Protocol":"tcp","PublishedPort":18081,"TargetPort":80}]}}""",
    "docker-py-global": """{"Name":"<name>","TaskTemplate":{"ContainerSpec":{
        "Image":"<image>","Args":null},
        "Placement":{"Constraints":["node.labels.nowhere==true"]}},"Mode":{"global":{}}}""",
    # What docker stack deploy sends.
    "docker-stack": """{"Name":"<name>","Labels":{"com.docker.stack.image":"<image>",
        "com.docker.stack.namespace":"st"},"TaskTemplate":{"ContainerSpec":{"Image":"<image>",
        "Labels":{"com.docker.stack.namespace":"st"},"Env":["A=1"],
        "Privileges":{"CredentialSpec":null,"SELinuxContext":null,"NoNewPrivileges":false}},
        "Resources":{},"Placement":{},
        "Networks":[{"Target":"a-network","Aliases":["web"]}],"ForceUpdate":0},
        "Mode":{"Replicated":{"Replicas":0}},"EndpointSpec":{}}""",
}

ACCEPTED = MODES | CONTAINERS | MOUNTS | TASKS | SERVICES | TEXTS
