import { readObject } from '#core/icalendar/read.ts'
import type { Instant } from '#core/time/model.ts'
import type { PracticeCaldav } from '#practice/caldav/server.ts'
import { uidOf } from '#practice/caldav/store.ts'
import { book } from '#server/bookings/book.ts'
import { effectsOf, runEffects } from '#server/bookings/effects.ts'
import { follow } from '#server/bookings/follow.ts'
import { followers } from '#server/calendars/changed.ts'
import { syncCalendar } from '#server/calendars/sync.ts'
import { match } from '#server/meetings/match.ts'
import type { Deps } from '#server/platform/deps.ts'
import { aBookableHost, someone, soon, type PageOptions } from './host.ts'

const stamp = (instant: Instant): string => `${new Date(instant).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

/** The owner at another program, who knows nothing of us: what they do reaches us only through their calendar. */
export function anOwnerOf(server: PracticeCaldav, path = `/calendars/${server.user}/work/`) {
  const calendar = () => server.store.calendars.get(path)!
  const objects = () => [...calendar().objects.values()]
  const find = (uid: string) => objects().find((object) => object.uid === uid)
  const change = (uid: string, edit: (text: string) => string) => {
    const object = find(uid)!
    server.store.put(calendar(), object.href, edit(object.text), uid)
  }
  return {
    objects,
    find,
    span: (uid: string) => {
      const object = find(uid)
      const read = object && readObject(object.text, { window: { start: 0, end: 4e12 }, zone: 'Europe/Rome', owner: [] })
      return read?.occurrences[0] ? { start: read.occurrences[0].start, end: read.occurrences[0].end } : null
    },
    move: (uid: string, start: Instant, end: Instant) =>
      change(uid, (text) => {
        // A zone has a DTSTART of its own.
        const [zone = '', event = ''] = text.split(/(?=BEGIN:VEVENT)/)
        return zone + event.replace(/DTSTART[^\r\n]*/, `DTSTART:${stamp(start)}`).replace(/DTEND[^\r\n]*/, `DTEND:${stamp(end)}`)
      }),
    rename: (uid: string, title: string) => change(uid, (text) => text.replace(/SUMMARY[^\r\n]*/, `SUMMARY:${title}`)),
    edit: change,
    remove: (uid: string) => {
      const object = find(uid)
      if (object) server.store.remove(calendar(), object.href)
    },
    /** Somebody with this address says no. */
    decline: (uid: string, email: string) =>
      change(uid, (text) => {
        const plain = text.replace(/\r\n[ \t]/g, '')
        return plain.replace(/^ATTENDEE[^\r\n]*$/gm, (line) => (line.toLowerCase().includes(email.toLowerCase()) ? line.replace(/PARTSTAT=[A-Z-]+/, 'PARTSTAT=DECLINED') : line))
      }),
    /** Under another name and in another calendar, with all that was in it. */
    drag: (uid: string, to: string) => {
      const object = find(uid)!
      server.store.remove(calendar(), object.href)
      const target = server.store.calendars.get(to)!
      server.store.put(target, `${to}${encodeURIComponent(uid)}.ics`, object.text, uidOf(object.text)!)
    },
    renameFile: (uid: string, name: string) => {
      const object = find(uid)!
      server.store.remove(calendar(), object.href)
      server.store.put(calendar(), `${path}${name}.ics`, object.text, uid)
    },
    add: (uid: string, start: Instant, end: Instant, lines: string[] = []) =>
      server.store.put(
        calendar(),
        `${path}${uid}.ics`,
        ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//someone else//EN', 'BEGIN:VEVENT', `UID:${uid}`, 'DTSTAMP:20260101T000000Z', `DTSTART:${stamp(start)}`, `DTEND:${stamp(end)}`, `SUMMARY:${uid}`, ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n'),
        uid,
      ),
  }
}

export type Row = {
  booking_id: string
  uid: string
  email: string
  state: string
  starts_at: number
  ends_at: number
  revision: number
  sequence: number
  calendar_state: string
  calendar_reason: string | null
  calendar_id: string
  remote_id: string
  conflict: boolean
  cancelled_by: string | null
  visitor_answer: string | null
  contact_id: string
  join_state: string
  join_url: string | null
  invited_by: string
  calendar_uid: string | null
}

/** A connected host whose jobs run when the test says so: nothing happens behind its back. */
export async function aTwoWayHost(options: PageOptions & { now?: () => number } = {}) {
  const host = await aBookableHost(options)
  const { deps, owner, page, server, calendar } = host
  const { workspaceId } = owner
  const calendarId = calendar!.calendarId
  const ask = <R>(statement: string, values: unknown[] = []): Promise<R[]> => deps.db.inWorkspace(workspaceId, (tx) => tx.prepared<R>('', statement, values))
  const [changed] = followers(follow, match)
  /** One look at the calendar, and all that follows from it. */
  const sync = async (id = calendarId) => {
    await syncCalendar.run(deps, { workspaceId, calendarId: id })
    await (changed as unknown as { run(deps: Deps, payload: object): Promise<void> }).run(deps, { workspaceId, calendarId: id })
    await atRest()
  }
  const atRest = async () => {
    for (const { booking_id: id } of await ask<{ booking_id: string }>('select booking_id from bookings')) {
      await effectsOf(id)
      await runEffects(deps, workspaceId, id)
    }
  }
  let visitors = 0
  const booked = async (start = soon(48), more: { duration?: number; email?: string; locale?: 'en' | 'it' } = {}) => {
    const visitor = { ...someone(++visitors), ...(more.email ? { email: more.email } : {}), ...(more.locale ? { locale: more.locale } : {}) }
    const outcome = await book(deps, page, { start, duration: more.duration ?? 30, visitor, hold: null, key: null })
    if (outcome.kind !== 'booked') throw new Error(outcome.kind)
    await effectsOf(outcome.bookingId)
    await atRest()
    return row(outcome.bookingId)
  }
  const row = async (id: string): Promise<Row> => (await ask<Row>('select * from bookings where booking_id = $1', [id]))[0]!
  const letters = async (id: string) =>
    ask<{ kind: string; recipient: string; subject: string; source: Buffer; revision: number }>('select e.kind, e.revision, l.recipient, l.subject, l.source from letters l join effects e using (effect_id) where e.booking_id = $1 order by e.revision, e.kind, l.recipient', [id])
  const kinds = async (id: string) => (await letters(id)).map(({ kind, revision }) => `${revision} ${kind}`)
  const timeline = async (contactId: string) => (await ask<{ kind: string; words: Record<string, unknown> }>('select kind, words from timeline_entries where contact_id = $1 order by recorded_at, kind', [contactId]))
  const changes = () => ask<{ change_id: string; booking_id: string; kind: string; state: string; starts_at: number | null; who: string | null }>('select * from calendar_changes order by noticed_at, state')
  const policy = (wanted: Partial<{ moved: string; deleted: string; declined: string }>) => ask('update event_types set on_calendar_change = on_calendar_change || $1::jsonb', [JSON.stringify(wanted)])
  return { ...host, workspaceId, calendarId, ask, sync, atRest, booked, row, letters, kinds, timeline, changes, policy, theirs: anOwnerOf(server) }
}
