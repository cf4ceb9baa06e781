import { DAY, MINUTE } from '#core/time/model.ts'
import type { Deps } from '#server/platform/deps.ts'
import { readToken } from '#server/platform/secrets.ts'
import { hostView } from './frame.ts'
import { letterStates } from './letter-state.ts'
import { loadInputsIn, type PageInputs } from './inputs.ts'
import { findByToken, hostsOf, pagePath, tellingEffect, workspaceName, type BookingRow, type HostOfBooking } from './store.ts'
import type { BookingView } from './views.ts'

/** A booking opened by its visitor's link, with no more than that link may show. */
export type Visit = {
  workspaceId: string
  workspace: string
  booking: BookingRow
  hosts: HostOfBooking[]
  occupancies: Set<string>
  expired: boolean
  view(fresh: BookingView['fresh']): BookingView
  inputs(): Promise<PageInputs | null>
}

// A letter in the practice mailbox is as sent as it can be.
const INVITATION = { none: 'none', queued: 'waiting', sending: 'waiting', sent: 'sent', practice: 'sent', failed: 'failed', unknown: 'failed' } as const

// While the calendar is being written, a page without script looks again this often.
const REFRESH_SECONDS = 3
const STOP_REFRESHING_AFTER = 2 * MINUTE

/** The booking behind a link, or null for a link that was never ours. */
export async function findVisit(deps: Deps, token: string, options: { hour12: boolean }): Promise<Visit | null> {
  const read = readToken(token)
  if (!read) return null
  const { workspaceId, hash } = read
  return deps.db.inWorkspace(workspaceId, async (tx) => {
    const booking = await findByToken(tx, workspaceId, hash)
    if (!booking) return null
    const [hosts, path, workspace, telling] = await Promise.all([
      hostsOf(tx, workspaceId, booking.booking_id),
      booking.page_id ? pagePath(tx, workspaceId, booking.page_id) : null,
      workspaceName(tx, workspaceId),
      tellingEffect(tx, workspaceId, booking.booking_id, booking.revision, booking.email),
    ])
    const states = await letterStates(tx, telling ? [{ effectId: telling.effect_id, state: telling.state }] : [])
    const invitation = telling ? INVITATION[states.get(telling.effect_id) ?? 'none'] : 'none'
    const now = deps.now()
    const open = (booking.state === 'confirmed' || booking.state === 'requested') && booking.starts_at > now
    const writing = booking.calendar_state === 'writing' && now - booking.updated_at < STOP_REFRESHING_AFTER
    return {
      workspaceId,
      workspace,
      booking,
      hosts,
      occupancies: new Set(hosts.map((host) => host.occupancy_id).filter((id) => id !== null)),
      expired: booking.token_expires_at <= now,
      view: (fresh) => ({
        token,
        title: booking.title,
        host: hostView({ name: hosts[0]?.name ?? workspace, zone: booking.host_zone }),
        place: booking.location,
        join: booking.join_state,
        joinUrl: booking.join_url,
        start: booking.starts_at,
        end: booking.ends_at,
        state: booking.state,
        calendar: booking.calendar_state,
        clock: { now, zone: booking.visitor_zone, zoneChosen: true, hour12: options.hour12 },
        visitor: { name: booking.name, email: booking.email },
        guests: booking.guests,
        invitation,
        fresh,
        refresh: writing && booking.state === 'confirmed' ? REFRESH_SECONDS : null,
        proposed: booking.state === 'requested' ? (booking.proposed ?? []).filter((start) => start > now) : [],
        cancelledBy: booking.cancelled_by,
        reason: booking.cancelled_by === 'host' ? booking.cancel_reason : null,
        pagePath: path,
        mayMove: open && path !== null && booking.ends_at < now + 800 * DAY,
        mayCancel: open,
      }),
      inputs: () => (booking.page_id ? deps.db.inWorkspace(workspaceId, async (inner) => restrict(await loadInputsIn(inner, workspaceId, booking.page_id!), hosts)) : Promise.resolve(null)),
    }
  })
}

/** Moving keeps the people: only the hosts the booking has are asked. */
function restrict(inputs: PageInputs | null, hosts: HostOfBooking[]): PageInputs | null {
  if (!inputs) return null
  const kept = inputs.hosts.filter((host) => hosts.some((one) => one.user_id === host.hostId))
  return kept.length > 0 ? { type: { ...inputs.type, assignment: kept.length > 1 ? 'collective' : 'solo' }, hosts: kept } : null
}
