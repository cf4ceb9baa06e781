import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Calendar, Event, Mail, Person, Subscription, Tenant } from './model.ts'
import type { RefreshToken } from './tokens.ts'

/** What lives on between two starts of the demo. */
export type Kept = {
  tenants: Tenant[]
  people: Person[]
  calendars: Calendar[]
  events: Event[]
  mails: Mail[]
  subscriptions: Subscription[]
  refresh: [string, RefreshToken][]
  key: string | null
  clock: number
}

export const readKept = (file: string): Kept | null =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : null

/** Whole, beside its place, then renamed into it: half a file is never read. */
export function writeKept(file: string, kept: Kept): void {
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, JSON.stringify(kept), { mode: 0o600 })
  renameSync(fresh, file)
}
