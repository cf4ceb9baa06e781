import { saveConnection } from '#server/connections/save.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { RemoteCalendar } from '#server/providers/provider.ts'
import { enterCalendars } from '#server/calendars/enter.ts'

type Who = { workspaceId: string; userId: string }

export const remoteCalendar = (remoteId: string, more: Partial<RemoteCalendar> = {}): RemoteCalendar => ({
  remoteId,
  name: remoteId,
  color: '#2b6cb0',
  zone: null,
  writable: true,
  ...more,
})

/** A connected CalDAV account, entered as connecting would enter it, without asking any server. */
export async function aConnection(
  deps: Deps,
  { workspaceId, userId }: Who,
  options: { calendars?: RemoteCalendar[]; address?: string; user?: string; password?: string } = {},
) {
  const { address = 'http://127.0.0.1:1/', user = 'alice', password = 'secret' } = options
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const saved = await saveConnection(deps, tx, {
      workspaceId,
      userId,
      provider: 'caldav',
      account: `${user}@localhost`,
      credentials: { address, user, secret: password },
      consent: { textVersion: 'test', locale: 'en' },
      scopes: ['events.read'],
      capabilities: { read: true, write: true, cancel: true, reschedule: true, push: false, freshBusy: true },
    })
    if (saved.kind !== 'saved') throw new Error('this person is connected already')
    await enterCalendars(
      deps,
      tx,
      workspaceId,
      userId,
      saved.connectionId,
      options.calendars ?? [remoteCalendar('/alice/work/')],
    )
    const rows = await tx.prepared<{ calendar_id: string; remote_id: string }>(
      '',
      'select calendar_id, remote_id from calendars where connection_id = $1',
      [saved.connectionId],
    )
    return {
      connectionId: saved.connectionId,
      calendarIds: new Map(rows.map((row) => [row.remote_id, row.calendar_id])),
      calendarId: rows[0]!.calendar_id,
    }
  })
}

/** What the tables say, past the verbs. */
export const ask = <Row>(
  deps: Deps,
  workspaceId: string,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> => deps.db.inWorkspace(workspaceId, (tx) => tx.prepared<Row>('', statement, values))

type Account = { url: string; user: string; password: string }

async function davRequest(
  { url, user, password }: Account,
  method: string,
  path: string,
  body?: string,
): Promise<string> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      ...(body
        ? { 'content-type': body.startsWith('<') ? 'application/xml' : 'text/calendar; charset=utf-8' }
        : {}),
    },
    ...(body ? { body } : {}),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.text()
}

const utc = (instant: number) => `${new Date(instant).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

/** A plain event as another program would store it; `lines` are added as they are. */
export const vevent = (uid: string, start: number, end: number, lines: string[] = []): string =>
  [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    'DTSTAMP:20260101T000000Z',
    `DTSTART:${utc(start)}`,
    `DTEND:${utc(end)}`,
    `SUMMARY:${uid}`,
    ...lines,
    'END:VEVENT',
  ].join('\r\n')
export const vcalendar = (...events: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//someone else//EN', ...events, 'END:VCALENDAR', ''].join(
    '\r\n',
  )

/** The owner at another program: what they do there reaches us only through the server. */
export function anOwner(account: Account, calendar: string) {
  const at = (name: string) => `/${account.user}/${calendar}/${name}`
  return {
    put: (uid: string, start: number, end: number, lines?: string[]) =>
      davRequest(account, 'PUT', at(`${uid}.ics`), vcalendar(vevent(uid, start, end, lines))),
    putText: (name: string, text: string) => davRequest(account, 'PUT', at(`${name}.ics`), text),
    /** All events of the calendar at once, in place of those that were there. */
    putAll: (events: string[]) => davRequest(account, 'PUT', at(''), vcalendar(...events)),
    remove: (uid: string) => davRequest(account, 'DELETE', at(`${uid}.ics`)),
    read: () => davRequest(account, 'GET', at('')),
  }
}
