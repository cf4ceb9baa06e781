import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isAlive, markOf, pidOf } from './alive.ts'

export type Lock = { kind: 'taken'; release(): void } | { kind: 'held'; pid: number }

/** Takes a lock file for the life of this process. One that a dead process left behind is taken over. */
export function takeLock(file: string): Lock {
  const mine = markOf(process.pid)!
  const fresh = `${file}.${randomBytes(4).toString('hex')}`
  writeFileSync(fresh, `${mine}\n`, { mode: 0o600 })
  try {
    for (let tries = 0; tries < 100; tries++) {
      if (link(fresh, file)) return { kind: 'taken', release: () => release(file, mine) }
      const holder = read(file)
      if (holder !== null && isAlive(holder)) return { kind: 'held', pid: pidOf(holder) }
      putAside(file, holder)
    }
    throw new Error(`${file} changes hands without end`)
  } finally {
    rmSync(fresh, { force: true })
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  }
}

/** Of two that find the same dead lock, the slower one would carry away the other's new one: it looks, and puts that back. */
function putAside(file: string, dead: string | null): void {
  const aside = `${file}.${randomBytes(4).toString('hex')}`
  try {
    renameSync(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return
  }
  if (read(aside) !== dead) link(aside, file)
  rmSync(aside, { force: true })
}

function release(file: string, mine: string): void {
  if (read(file) === mine) rmSync(file, { force: true })
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return null
  }
}
