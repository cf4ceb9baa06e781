import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Refresh } from './grants.ts'
import type {
  GoogleCalendar,
  GoogleChannel,
  GoogleLetter,
  GoogleUser,
  Listed,
  SentMessage,
  Stored,
} from './model.ts'
import type { GoogleStore } from './store.ts'

type Kept = {
  count: number
  users: GoogleUser[]
  calendars: (Omit<GoogleCalendar, 'stored' | 'exceptions' | 'journal'> & { stored: Stored[] })[]
  lists: [string, Listed[]][]
  channels: GoogleChannel[]
  consents: [string, string[]][]
  refresh: Refresh[]
  letters: GoogleLetter[]
  messages: SentMessage[]
}

/** Whole, beside its place, then renamed into it: who reads it finds the old or the new, never half. */
export function writeStore(store: GoogleStore, file: string): void {
  const kept: Kept = {
    count: store.count,
    users: [...store.users.values()],
    calendars: [...store.calendars.values()].map(plain),
    lists: [...store.lists].map(([email, list]) => [email, [...list.values()]]),
    channels: [...store.channels.values()],
    consents: [...store.grants.consents],
    refresh: [...store.grants.refresh.values()],
    letters: store.letters.slice(-200),
    messages: store.messages.slice(-200),
  }
  const fresh = `${file}.${process.pid}`
  writeFileSync(fresh, JSON.stringify(kept), { mode: 0o600 })
  renameSync(fresh, file)
}

// The journal is not kept: a token from before the last change is 410 after a restart, as Google allows at any time.
function plain(full: GoogleCalendar): Kept['calendars'][number] {
  const { exceptions: _, journal, stored, ...calendar } = full
  return {
    ...calendar,
    floor: Math.max(calendar.floor, journal.at(-1)?.at ?? 0),
    stored: [...stored.values()],
  }
}

/** Fills an empty store with what the file holds; the answer is the number of the latest change, 0 without a file. */
export function readStore(store: GoogleStore, file: string): number {
  if (!existsSync(file)) return 0
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept
  for (const user of kept.users) store.users.set(user.email, user)
  for (const calendar of kept.calendars) {
    const exceptions = new Map<string, Set<string>>()
    for (const { event } of calendar.stored) {
      const series = event.recurringEventId
      if (series) exceptions.set(series, (exceptions.get(series) ?? new Set()).add(event.id!))
    }
    const stored = new Map(calendar.stored.map((each) => [each.event.id!, each]))
    store.calendars.set(calendar.id, { ...calendar, stored, exceptions, journal: [] })
  }
  for (const [email, list] of kept.lists)
    store.lists.set(email, new Map(list.map((each) => [each.calendarId, each])))
  for (const channel of kept.channels) store.channels.set(channel.id, channel)
  for (const [email, scopes] of kept.consents) store.grants.consents.set(email, scopes)
  for (const refresh of kept.refresh) store.grants.refresh.set(refresh.token, refresh)
  store.letters.push(...kept.letters)
  store.messages.push(...kept.messages)
  return kept.count
}
