"""Specs of services, and what became of them."""

from swarmwire import pb

RUNNING = pb.TaskState.Value("RUNNING")


def service_spec(name="web", replicas=2, image="web:1", **task):
    spec = pb.ServiceSpec()
    spec.annotations.name = name
    spec.replicated.replicas = replicas
    spec.task.container.image = image
    spec.task.restart.condition = pb.RestartPolicy.ANY
    spec.task.restart.delay.seconds = task.pop("delay", 1)
    spec.update.parallelism = 1
    spec.update.monitor.seconds = 1
    spec.task.MergeFrom(pb.TaskSpec(**task))
    return spec


async def create(swarm, spec):
    return (await swarm.create_service(pb.CreateServiceRequest(spec=spec))).service


async def stored(swarm, name="web"):
    services = (await swarm.list_services(pb.ListServicesRequest())).services
    return next(each for each in services if each.spec.annotations.name == name)


async def update(swarm, change, name="web"):
    service = await stored(swarm, name)
    request = pb.UpdateServiceRequest(
        service_id=service.id, service_version=service.meta.version, spec=service.spec
    )
    change(request.spec)
    return (await swarm.update_service(request)).service


async def tasks(swarm, name="web"):
    found = (await swarm.list_tasks(pb.ListTasksRequest())).tasks
    return [task for task in found if task.service_annotations.name == name]


async def running(swarm, name="web"):
    return [task for task in await tasks(swarm, name) if task.status.state == RUNNING]


def image(text):
    return lambda spec: setattr(spec.task.container, "image", text)


def update_state(service):
    return pb.UpdateStatus.UpdateState.Name(service.update_status.state)
