import { execFileSync, spawn } from 'node:child_process'
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

/** A PostgreSQL 15 server as Debian ships it, run by an ordinary user in a folder of its own. */
export async function debian15(project: TestProject) {
  if (!existsSync(DEBIAN)) throw new Error('PostgreSQL 15 is missing: apt-get install postgresql-15')
  const home = mkdtempSync(join(tmpdir(), 'ritrovo-pg15-'))
  const root = process.getuid?.() === 0
  const who = root ? { uid: Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })), gid: Number(execFileSync('id', ['-g', 'postgres'], { encoding: 'utf8' })) } : {}
  chmodSync(home, 0o755)
  if (root) chownSync(home, who.uid!, who.gid!)
  const cluster = join(home, 'cluster')
  execFileSync(join(DEBIAN, 'initdb'), ['-D', cluster, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions'], { cwd: home, stdio: 'ignore', ...who })
  const child = spawn(join(DEBIAN, 'postgres'), ['-D', cluster, '-c', 'listen_addresses=', '-c', `unix_socket_directories=${home}`, '-c', 'max_connections=200', '-c', 'autovacuum=off', '-c', 'timezone=America/New_York'], { cwd: home, stdio: 'ignore', ...who })
  const gone = new Promise((done) => child.once('exit', done))
  for (let tries = 0; ; tries++) {
    try {
      await makeTemplate(home)
      break
    } catch (error) {
      if (tries > 200 || (error as { code?: string }).code === '42P01') throw error
      await sleep(50)
    }
  }
  project.provide('cluster', { host: home, user: 'postgres' })
  return async () => {
    child.kill('SIGINT')
    await gone
    rmSync(home, { recursive: true, force: true })
  }
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
