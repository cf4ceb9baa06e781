import { randomUUID } from 'node:crypto'
import { HOUR, type Instant } from '#core/time/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { CalendarProvider, SendMail } from '#server/providers/provider.ts'
import { addReads, insertWrite } from './store.ts'

/** What a call to a provider was made for: chooses the words its owner reads. */
export type Feature = 'calendar' | 'sync' | 'booking' | 'check' | 'connect' | 'meeting' | 'watch' | 'mail'
export type Act = 'read' | 'create' | 'change' | 'delete' | 'send' | 'watch' | 'sign-in'

type Place = { workspaceId: string; connectionId: string; userId: string; feature: Feature }
export type Read = Place & { act: 'read'; calendar: string; times: number; firstAt: Instant; lastAt: Instant }
export type Write = Place & {
  entryId: string
  act: Act
  calendar: string | null
  subject: string | null
  at: Instant
}

// Reads are many and alike: they wait here a little, and those of one kind within an hour become one line.
const FLUSH_AFTER = 30_000
type Waiting = { reads: Map<string, Read>; timer: NodeJS.Timeout | null }
const waiting = new WeakMap<Deps['db'], Waiting>()

/** The provider, with everything that is done through it written down for the account's owner: writes before they are made. */
export function accounted(deps: Deps, place: Place, provider: CalendarProvider): CalendarProvider {
  const read = (calendar: string) => noteRead(deps, place, calendar)
  const write = (act: Act, calendar: string | null, subject: string | null) =>
    noteWrite(deps, place, act, calendar, subject)
  const { watch } = provider
  return {
    invites: provider.invites,
    calendarUid: (uid) => provider.calendarUid(uid),
    listCalendars(session) {
      read('')
      return provider.listCalendars(session)
    },
    pull(session, calendar, cursor, window) {
      read(calendar)
      return provider.pull(session, calendar, cursor, window)
    },
    readEvent(session, calendar, uid) {
      read(calendar)
      return provider.readEvent(session, calendar, uid)
    },
    freshBusy:
      provider.freshBusy &&
      ((session, calendar, window) => {
        read(calendar)
        return provider.freshBusy!(session, calendar, window)
      }),
    async createEvent(session, calendar, draft) {
      await write('create', calendar, draft.title)
      return provider.createEvent(session, calendar, draft)
    },
    async updateEvent(session, calendar, remoteId, draft) {
      await write('change', calendar, draft.title)
      return provider.updateEvent(session, calendar, remoteId, draft)
    },
    async deleteEvent(session, calendar, remoteId) {
      await write('delete', calendar, null)
      return provider.deleteEvent(session, calendar, remoteId)
    },
    watch: watch && {
      async start(session, calendar, call) {
        await write('watch', calendar, null)
        return watch.start(session, calendar, call)
      },
      renew:
        watch.renew &&
        (async (session, one, until) => {
          await write('watch', null, null)
          return watch.renew!(session, one, until)
        }),
      stop: (session, one) => watch.stop(session, one),
    },
  }
}

/** The same for letters. `subject` is the letter's. */
export const accountedMail =
  (deps: Deps, place: Place, subject: string, send: SendMail): SendMail =>
  async (session, message) => {
    await noteWrite(deps, place, 'send', null, subject)
    return send(session, message)
  }

export async function noteWrite(
  deps: Deps,
  place: Place,
  act: Act,
  calendar: string | null,
  subject: string | null,
): Promise<void> {
  const entry: Write = {
    ...place,
    entryId: randomUUID(),
    act,
    calendar,
    subject: subject?.slice(0, 200) ?? null,
    at: deps.now(),
  }
  await deps.db.inWorkspace(place.workspaceId, (tx) => insertWrite(tx, entry))
}

function noteRead(deps: Deps, place: Place, calendar: string): void {
  let mine = waiting.get(deps.db)
  if (!mine) waiting.set(deps.db, (mine = { reads: new Map(), timer: null }))
  const now = deps.now()
  const key = [place.workspaceId, place.connectionId, place.feature, Math.floor(now / HOUR), calendar].join(
    ' ',
  )
  const known = mine.reads.get(key)
  if (known) Object.assign(known, { times: known.times + 1, lastAt: now })
  else mine.reads.set(key, { ...place, act: 'read', calendar, times: 1, firstAt: now, lastAt: now })
  mine.timer ??= setTimeout(() => {
    flushLedger(deps).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'the access ledger could not be written'),
    )
  }, FLUSH_AFTER).unref()
}

/** Writes down what still waits: now and then, at the end of the process, and before its owner looks. */
export async function flushLedger(deps: Pick<Deps, 'db'>): Promise<void> {
  const mine = waiting.get(deps.db)
  if (!mine) return
  if (mine.timer) clearTimeout(mine.timer)
  mine.timer = null
  const reads = [...mine.reads.values()]
  mine.reads.clear()
  for (const [workspaceId, together] of Map.groupBy(reads, (read) => read.workspaceId))
    await deps.db.inWorkspace(workspaceId, (tx) => addReads(tx, workspaceId, together))
}
