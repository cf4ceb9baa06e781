import { saveConnection } from '#server/connections/save.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { RemoteCalendar } from '#server/providers/provider.ts'
import { enterCalendars } from '#server/calendars/enter.ts'

type Who = { workspaceId: string; userId: string }

export const remoteCalendar = (remoteId: string, more: Partial<RemoteCalendar> = {}): RemoteCalendar => ({ remoteId, name: remoteId, color: '#2b6cb0', zone: null, writable: true, ...more })

/** A connected CalDAV account, entered as connecting would enter it, without asking any server. */
export async function aConnection(deps: Deps, { workspaceId, userId }: Who, options: { calendars?: RemoteCalendar[]; address?: string; user?: string; password?: string } = {}) {
  const { address = 'http://127.0.0.1:1/', user = 'alice', password = 'secret' } = options
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const saved = await saveConnection(deps, tx, {
      workspaceId,
      userId,
      provider: 'caldav',
      account: `${user}@127.0.0.1`,
      credentials: { address, user, secret: password },
      consent: { textVersion: 'test', locale: 'en' },
      scopes: ['events.read'],
      capabilities: { read: true, write: true, cancel: true, reschedule: true, push: false, freshBusy: true },
    })
    if (saved.kind !== 'saved') throw new Error('this person is connected already')
    await enterCalendars(deps, tx, workspaceId, userId, saved.connectionId, options.calendars ?? [remoteCalendar('/alice/work/')])
    const rows = await tx.prepared<{ calendar_id: string; remote_id: string }>('', 'select calendar_id, remote_id from calendars where connection_id = $1', [saved.connectionId])
    return { connectionId: saved.connectionId, calendarIds: new Map(rows.map((row) => [row.remote_id, row.calendar_id])), calendarId: rows[0]!.calendar_id }
  })
}

/** What the tables say, past the verbs. */
export const ask = <Row>(deps: Deps, workspaceId: string, statement: string, values: unknown[] = []): Promise<Row[]> =>
  deps.db.inWorkspace(workspaceId, (tx) => tx.prepared<Row>('', statement, values))
