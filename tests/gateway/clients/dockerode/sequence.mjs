// Lets dockerode do all that it can with a swarm on the socket that is its argument. Each line of its
// output is a step and what came of it, as JSON. A line of input lets it go on after "still".
import Docker from 'dockerode'
import readline from 'node:readline'

const [socketPath, image] = process.argv.slice(2)
const docker = new Docker({ socketPath })
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const tell = (step, told) => console.log(JSON.stringify([step, told === undefined ? null : told]))

async function note (step, done) {
  try {
    const told = await done()
    tell(step, told)
    return told
  } catch (err) {
    tell(step, { statusCode: err.statusCode, reason: err.reason, json: err.json })
  }
}

async function still () {
  tell('still')
  await lines.next()
}

const data = (text) => Buffer.from(text).toString('base64')
const body = (name) => ({
  Name: name,
  Labels: { a: 'b' },
  TaskTemplate: { ContainerSpec: { Image: image, Command: ['sleep', '1000'], StopSignal: 'KILL' } },
  Mode: { Replicated: { Replicas: 2 } },
  UpdateConfig: { Monitor: 1000000, Parallelism: 2 },
  RollbackConfig: { Monitor: 1000000, Parallelism: 2 }
})

await note('ping', async () => String(await docker.ping()))
await note('version', async () => (await docker.version()).ApiVersion)
await note('swarm', async () => Object.keys(await docker.swarmInspect()).sort())
const secret = await docker.createSecret({ Name: 's1', Data: data('abc') })
await note('secret', () => secret.inspect())
await note('secret again', () => docker.createSecret({ Name: 's1', Data: data('abc') }))
await note('large secret', async () => {
  const large = await docker.createSecret({ Name: 'large', Data: data('x'.repeat(490000)) })
  await large.remove()
})
await note('too large a secret', () => docker.createSecret({ Name: 'l', Data: data('x'.repeat(520000)) }))
await note('secrets', async () => (await docker.listSecrets({ filters: { name: ['s1'] } })).length)
const config = await docker.createConfig({ Name: 'c1', Data: data('abc') })
await note('config', () => config.inspect())
await note('configs', () => docker.listConfigs())
await note('config is updated', async () => {
  const { Version, Spec } = await config.inspect()
  await config.update({ version: Version.Index, ...Spec, Labels: { a: 'b' } })
  return (await config.inspect()).Spec
})
const network = await docker.createNetwork({ Name: 'n1', Driver: 'overlay', Labels: { a: 'b' } })
await still()
await note('network', () => network.inspect())
await note('networks', async () => (await docker.listNetworks({ filters: { name: ['n1'] } })).length)

const service = await docker.createService(body('node'))
await still()
await note('service', () => service.inspect())
await note('services', () => docker.listServices({ filters: { name: ['node'] } }))
await note('status', async () => (await docker.listServices({ status: true }))[0].ServiceStatus)
await note('update', async () => {
  const { Version, Spec } = await service.inspect()
  Spec.TaskTemplate.ContainerSpec.Env = ['A=1']
  return service.update({ version: Version.Index, ...Spec })
})
await still()
await note('update of an old version', () => service.update({ version: 1, ...body('node') }))
await note('after it', async () => (await service.inspect()).Spec)
await note('roll back', async () => {
  const { Version, Spec } = await service.inspect()
  return service.update({ version: Version.Index, rollback: 'previous', ...Spec })
})
await still()
await note('after that', async () => (await service.inspect()).Spec)
await note('tasks', async () => {
  const filters = { service: ['node'], 'desired-state': ['running'] }
  const tasks = await docker.listTasks({ filters })
  return tasks.map((one) => one.Status.State)
})
await note('task', async () => {
  const [first] = await docker.listTasks({ filters: { service: ['node'] } })
  return Object.keys(await docker.getTask(first.ID).inspect()).sort()
})
await note('logs', async () => (await service.logs({ stdout: true, stderr: true })).length >= 0)
await note('no such service', () => docker.getService('nope').inspect())
await note('no such service is removed', () => docker.getService('nope').remove())
await note('node', async () => {
  const [node] = await docker.listNodes()
  const { Version, Spec } = await docker.getNode(node.ID).inspect()
  await docker.getNode(node.ID).update({ version: Version.Index, ...Spec, Labels: { a: 'b' } })
  const changed = await docker.getNode(node.ID).inspect()
  const version = changed.Version.Index
  await docker.getNode(node.ID).update({ version, ...Spec, Labels: {} })
  return changed.Spec
})
await note('service is removed', () => service.remove())
await note('secret is removed', () => secret.remove())
await note('config is removed', () => config.remove())
await note('network is removed', () => network.remove())
await note('events', async () => {
  const now = Math.floor(Date.now() / 1000)
  const events = await docker.getEvents({ since: now - 300, until: now + 1, filters: { type: ['config'] } })
  let text = ''
  for await (const piece of events) text += piece
  const told = text.trim().split('\n').map(JSON.parse).filter((one) => one.Actor.ID === config.id)
  return told.map((one) => [one.Action, one.Actor.Attributes])
})
process.exit(0)
