import { cutBusy } from '#core/time/busy.ts'
import { MINUTE, overlaps } from '#core/time/model.ts'
import type { Instant, Span } from '#core/time/model.ts'
import { dayOf } from '#core/time/wall.ts'
import { capsOf, earliestStart, horizonSpan } from './limits.ts'
import type { HostTime, Question } from './model.ts'
import { commonOpenings, openingsOf } from './openings.ts'
import type { Openings } from './openings.ts'
import { joins, keptClear } from './own.ts'

export type ReasonKind =
  | 'no-host'
  | 'duration'
  | 'outside-hours'
  | 'off-grid'
  | 'notice'
  | 'horizon'
  | 'busy'
  | 'own-booking'
  | 'buffer'
  | 'cap-day'
  | 'cap-week'

/**
 * `span` is what stands in the way, where something does; `hostId` is null for what concerns no single host.
 */
export type Reason = { hostId: string | null; kind: ReasonKind; span: Span | null }

/**
 * Every reason why a start is not offered, for the owner's eyes only. Solo and collective offer it when there
 * is none, round robin when some host has none.
 */
export function explain(question: Question, start: Instant): Reason[] {
  const { offer, duration, assignment } = question
  const hosts = assignment === 'solo' ? question.hosts.slice(0, 1) : question.hosts
  const reasons = hosts.flatMap((host) => hostReasons(question, host, start))
  if (assignment === 'collective' && hosts.length > 0) {
    const common = hosts.map((host) => openingsAround(question, host, start)).reduce(commonOpenings)
    if (standing(common, question, start) === 'off-grid')
      reasons.push({ hostId: null, kind: 'off-grid', span: null })
  }
  if (hosts.length === 0) reasons.push({ hostId: null, kind: 'no-host', span: null })
  if (!offer.durations.includes(duration)) reasons.unshift({ hostId: null, kind: 'duration', span: null })
  return reasons
}

function hostReasons(question: Question, host: HostTime, start: Instant): Reason[] {
  const { hostId, schedule } = host
  const { offer, now } = question
  const kinds: ReasonKind[] = []
  const stands = standing(openingsAround(question, host, start), question, start)
  // A collective has a grid of its own, hung from the hours that all its hosts share.
  if (stands === 'outside-hours' || (stands === 'off-grid' && question.assignment !== 'collective'))
    kinds.push(stands)
  if (start < earliestStart(offer.limits, now)) kinds.push('notice')
  const horizon = horizonSpan(offer.limits, schedule.zone, now)
  if (start < horizon.start || start >= horizon.end) kinds.push('horizon')
  const length = question.duration * MINUTE
  if (!host.own.some((booking) => joins(booking, offer, start, length))) {
    const full = capsOf(offer.limits, host.own, schedule.zone)?.(dayOf(schedule.zone, start))
    if (full?.day) kinds.push('cap-day')
    if (full?.week) kinds.push('cap-week')
  }
  return [
    ...kinds.map((kind) => ({ hostId, kind, span: null })),
    ...busyReasons(question, host, start),
    ...ownReasons(question, host, start),
  ]
}

const openingsAround = (question: Question, host: HostTime, start: Instant): Openings =>
  openingsOf(host.schedule, { start, end: start + 1 }, question.duration * MINUTE)

function standing(
  { hang, until, close }: Openings,
  { offer, duration }: Question,
  start: Instant,
): 'outside-hours' | 'off-grid' | 'on-grid' {
  const piece = hang.findLastIndex((from) => from <= start)
  if (piece < 0 || start >= until[piece]! || start + duration * MINUTE > close[piece]!) return 'outside-hours'
  return (start - hang[piece]!) % (offer.increment * MINUTE) === 0 ? 'on-grid' : 'off-grid'
}

function busyReasons({ offer, duration }: Question, { hostId, busy }: HostTime, start: Instant): Reason[] {
  const meeting = { start, end: start + duration * MINUTE }
  const near = cutBusy(busy, {
    start: meeting.start - offer.before * MINUTE,
    end: meeting.end + offer.after * MINUTE,
  })
  return Array.from(near.starts, (from, i) => ({ start: from, end: near.ends[i]! })).map((span) => ({
    hostId,
    kind: overlaps(span, meeting) ? ('busy' as const) : ('buffer' as const),
    span,
  }))
}

function ownReasons({ offer, duration }: Question, { hostId, own }: HostTime, start: Instant): Reason[] {
  const meeting = { start, end: start + duration * MINUTE }
  return own
    .filter((booking) => booking.start < booking.end && overlaps(keptClear(booking, offer), meeting))
    .filter((booking) => !joins(booking, offer, start, duration * MINUTE))
    .map((booking) => ({
      hostId,
      kind: overlaps(booking, meeting) ? ('own-booking' as const) : ('buffer' as const),
      span: { start: booking.start, end: booking.end },
    }))
}
