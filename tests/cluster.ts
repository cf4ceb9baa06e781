import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '#server/platform/migrate.ts'
import { startEmbeddedPostgres } from '#server/platform/postgres.ts'
import { createLog } from '#server/platform/log.ts'
import { startJobs } from '#server/platform/jobs.ts'
import { tasks } from '#server/worker.ts'
import { TEMPLATE } from './template.ts'

// Tests try order and races, not power cuts: only the kill tests, which start their own cluster, pay for fsync.
export async function embedded(project: TestProject) {
  const home = mkdtempSync(join(tmpdir(), 'ritrovo-pg18-'))
  const running = await startEmbeddedPostgres(home, { settings: { max_connections: '200', autovacuum: 'off', wal_sync_method: 'open_datasync' } })
  await makeTemplate(running.socket)
  project.provide('cluster', { host: running.socket, user: 'postgres' })
  return async () => {
    await running.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

const DEBIAN = '/usr/lib/postgresql/15/bin'

/** PostgreSQL 15 as Debian ships it, run by an ordinary user in a folder of its own; a stopped one may be started again. */
export async function startDebian15(settings: Record<string, string> = {}) {
  if (!existsSync(DEBIAN)) throw new Error('PostgreSQL 15 is missing: apt-get install postgresql-15')
  const home = mkdtempSync(join(tmpdir(), 'ritrovo-pg15-'))
  const root = process.getuid?.() === 0
  const who = root ? { uid: Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })), gid: Number(execFileSync('id', ['-g', 'postgres'], { encoding: 'utf8' })) } : {}
  chmodSync(home, 0o755)
  if (root) chownSync(home, who.uid!, who.gid!)
  const cluster = join(home, 'cluster')
  execFileSync(join(DEBIAN, 'initdb'), ['-D', cluster, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions'], { cwd: home, stdio: 'ignore', ...who })
  const all = { listen_addresses: '', unix_socket_directories: home, ...settings }
  let child: ChildProcess | null = null
  const start = async () => {
    child = spawn(join(DEBIAN, 'postgres'), ['-D', cluster, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])], { cwd: home, stdio: 'ignore', ...who })
    for (let tries = 0; !(await accepts(home)); tries++) {
      if (tries > 200) throw new Error('PostgreSQL 15 did not start')
      await sleep(50)
    }
  }
  const halt = async () => {
    const gone = new Promise((done) => child?.once('exit', done))
    child?.kill('SIGINT')
    await gone
    child = null
  }
  await start()
  return {
    host: home,
    start,
    halt,
    stop: async () => {
      if (child) await halt()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function accepts(host: string): Promise<boolean> {
  const client = new pg.Client({ host, user: 'postgres', database: 'postgres' })
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  )
}

export async function debian15(project: TestProject) {
  const running = await startDebian15({ max_connections: '200', autovacuum: 'off', timezone: 'America/New_York' })
  await makeTemplate(running.host)
  project.provide('cluster', { host: running.host, user: 'postgres' })
  return running.stop
}

async function makeTemplate(host: string): Promise<void> {
  const client = new pg.Client({ host, user: 'postgres', database: 'postgres' })
  await client.connect()
  try {
    await client.query(`create database ${TEMPLATE}`)
  } finally {
    await client.end()
  }
  const address = { host, user: 'postgres', database: TEMPLATE }
  await migrate(address)
  // With the queue's own schema in it, so that no test waits for that.
  await (await startJobs(address, tasks, createLog({ level: 'silent' }))).stop()
}
