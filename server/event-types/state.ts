import { HOUR, type Instant } from '#core/time/model.ts'
import type { HostCalendars } from '#server/calendars/busy.ts'
import type { EventType, OfflineReason, Page, WhenUnreadable } from './model.ts'

/** What a page can do just now. Offline (S-012) is the visible face of every connection that cannot be trusted. */
export function stateOf(
  page: { open: boolean; assignment: EventType['assignment']; whenUnreadable: WhenUnreadable },
  hosts: readonly (HostCalendars | undefined)[],
  now: Instant,
): Pick<Page, 'state' | 'offlineReason' | 'lastKnownAt'> {
  if (!page.open) return { state: 'paused', offlineReason: null, lastKnownAt: null }
  const reasons = hosts.map((host) => (host && trustedFor(host, page.whenUnreadable, now) ? null : reasonOf(host)))
  // Round robin goes on with whoever can be read; together needs everybody.
  const works = page.assignment === 'round-robin' ? reasons.includes(null) : reasons.length > 0 && reasons.every((reason) => reason === null)
  if (!works) return { state: 'offline', offlineReason: reasons.find((reason) => reason !== null) ?? 'no-calendar', lastKnownAt: null }
  const old = hosts.flatMap((host) => (host?.usable === 'no' && host.oldestSync !== null && trustedFor(host, page.whenUnreadable, now) ? [host.oldestSync] : []))
  return { state: 'active', offlineReason: null, lastKnownAt: old.length > 0 ? Math.min(...old) : null }
}

function reasonOf(host: HostCalendars | undefined): OfflineReason | null {
  if (!host || host.usable === 'none') return 'no-calendar'
  if (host.usable === 'yes') return null
  if (host.reason === 'never-synced') return 'reading'
  return host.reason === 'broken' || host.reason === 'no-destination' ? host.reason : 'stale'
}

const trustedFor = ({ usable, reason, oldestSync }: HostCalendars, whenUnreadable: WhenUnreadable, now: Instant): boolean =>
  usable === 'yes' || (reason === 'stale' && whenUnreadable.kind === 'last-known' && oldestSync !== null && oldestSync > now - whenUnreadable.hours * HOUR)
