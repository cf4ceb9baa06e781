import type { HostTime, Question } from '#core/availability/model.ts'
import { FREE } from '#core/time/busy.ts'
import { DAY, type Instant, type Span } from '#core/time/model.ts'
import { readHostCalendars, type HostCalendars } from '#server/calendars/busy.ts'
import type { Tx } from '#server/platform/database.ts'
import { FIRST_WEEK } from './model.ts'
import { offerOf, scheduleOf } from './offer.ts'
import { findHostHours, findTaken, type EventTypeRow } from './store.ts'
import type { Hours } from './model.ts'

export type Asked = { type: EventTypeRow; hosts: { id: string }[]; ownerId: string; /** Unsaved hours of the owner. */ hours?: Hours | undefined }

/** The hosts' real time under an event type that need not be saved yet: what the preview and "why is this day empty?" ask about. */
export async function questionAbout(tx: Tx, workspaceId: string, { type, hosts, ownerId, hours }: Asked, window: Span, now: Instant): Promise<{ question: Question; calendars: Map<string, HostCalendars> }> {
  const ids = hosts.map(({ id }) => id)
  // Caps count a whole week, meetings and buffers reach over the window's edge.
  const around = { start: window.start - 8 * DAY, end: window.end + 8 * DAY }
  const [calendars, schedules, taken] = await Promise.all([
    readHostCalendars(tx, ids, now),
    findHostHours(tx, workspaceId, ids, type.scheduleId),
    findTaken(tx, workspaceId, ids, type.id, around, now),
  ])
  const hostTime = (hostId: string): HostTime => {
    const stored = schedules.find((row) => row.ownerId === hostId)
    return {
      hostId,
      schedule: hostId === ownerId && hours ? scheduleOf(hours) : stored ? scheduleOf(stored) : { zone: 'UTC', weekly: FIRST_WEEK.map(() => []), overrides: [] },
      busy: calendars.get(hostId)?.busy ?? FREE,
      own: taken.filter((row) => row.hostId === hostId),
    }
  }
  const [duration = 30] = type.durations
  return { question: { offer: offerOf(type), duration, assignment: type.assignment, hosts: ids.map(hostTime), window, now }, calendars }
}
