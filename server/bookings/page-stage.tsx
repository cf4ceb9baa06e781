import type { ComponentChildren, VNode } from 'preact'
import { DAY } from '#core/time/model.ts'
import { Name, rich } from './page-parts.tsx'
import type { Teller } from './page-times.ts'
import type { BookingView } from './views.ts'

export type Stage =
  | 'confirmed'
  | 'writing'
  | 'failed'
  | 'requested'
  | 'proposed'
  | 'declined'
  | 'cancelled'
  | 'expired'
  | 'past'

/** What may be said of a booking. "Confirmed" only once the calendar gave it back, or where the host has none and accepted in person. */
export function stageOf({ state, calendar, end, clock, proposed }: BookingView): Stage {
  if (state === 'cancelled' || state === 'declined' || state === 'expired') return state
  if (end <= clock.now) return 'past'
  if (state === 'requested') return proposed.length > 0 ? 'proposed' : 'requested'
  return calendar === 'writing' ? 'writing' : calendar === 'failed' ? 'failed' : 'confirmed'
}

const callName = (name: string): string => name.trim().split(/\s+/)[0] ?? name

type Said = { view: BookingView; tell: Teller; host: VNode }

/** The heading of each stage. */
const HEADING: Record<Stage, (said: Said) => ComponentChildren> = {
  confirmed: ({ view, tell }) => {
    const style = view.start - view.clock.now < 6 * DAY ? 'weekday' : 'day'
    const name = <Name>{callName(view.visitor.name)}</Name>
    return rich(tell.t, 'done.title', { name }, { day: tell.say(view.start, style) })
  },
  writing: ({ tell, host }) => rich(tell.t, 'done.writing', { host }),
  failed: ({ tell, host }) => rich(tell.t, 'done.failed', { host }),
  requested: ({ view, tell }) => tell.t('done.requested', { day: tell.long(view.start) }),
  proposed: ({ tell, host }) => rich(tell.t, 'done.proposed', { host }),
  declined: ({ tell, host }) => rich(tell.t, 'done.declined', { host }),
  cancelled: ({ view, tell }) => tell.t(wasRequest(view) ? 'done.withdrawn' : 'done.cancelled'),
  expired: ({ tell }) => tell.t('done.expired'),
  past: ({ view, tell }) => tell.t(view.state === 'requested' ? 'done.past.request' : 'done.past'),
}

/** A request that its visitor took back had nothing in a calendar and no invitation. */
const wasRequest = ({ calendar, cancelledBy, invitation }: BookingView): boolean =>
  calendar === 'none' && cancelledBy === 'visitor' && invitation === 'none'

export const headingOf = (view: BookingView, tell: Teller): ComponentChildren =>
  HEADING[stageOf(view)]({ view, tell, host: <Name>{view.host.callName}</Name> })
