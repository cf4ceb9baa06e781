import { fromBytes, mergeBusy, type Busy } from '#core/time/busy.ts'
import type { Instant } from '#core/time/model.ts'
import type { Tx } from '#server/platform/database.ts'
import { usableAt, type Usable } from './model.ts'
import { findHostCalendars, raiseVersions, type HostCalendarRow } from './store.ts'

export type HostCalendars = Usable & {
  version: number
  busy: Busy
  destination: { calendarId: string; connectionId: string } | null
}

/** What we know of these hosts' time, and whether it may be trusted now; one statement whatever their number. */
export async function readHostCalendars(
  tx: Tx,
  hostIds: readonly string[],
  now: Instant = Date.now(),
): Promise<Map<string, HostCalendars>> {
  const rows = await findHostCalendars(tx, hostIds)
  return new Map(
    [...Map.groupBy(rows, (row) => row.userId)].map(([hostId, mine]) => [hostId, hostCalendars(mine, now)]),
  )
}

function hostCalendars(rows: HostCalendarRow[], now: Instant): HostCalendars {
  // Of several accounts the worst comes first: it speaks for the host.
  const { version, state } = rows[0]!
  const calendars = rows.filter((row) => row.calendarId !== null)
  const destination = calendars.find((row) => row.destination && row.writable)
  return {
    version,
    ...usableAt(now, state, calendars),
    busy: mergeBusy(calendars.flatMap(({ packed }) => (packed ? [fromBytes(packed)] : []))),
    destination: destination ? { calendarId: destination.calendarId!, connectionId: destination.connectionId! } : null,
  }
}

/** Two visitors, one slot: the second waits here until the first has committed, then sees it gone. */
export const claimHosts = (tx: Tx, workspaceId: string, hostIds: readonly string[]): Promise<void> =>
  raiseVersions(tx, workspaceId, hostIds)
