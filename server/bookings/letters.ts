import { speak } from '#core/locale/say.ts'
import type { Locale } from '#core/locale/locale.ts'
import { connectionWords } from '#core/locale/words/connections.ts'
import { MINUTE } from '#core/time/model.ts'
import { writeObject } from '#core/icalendar/write.ts'
import {
  cancelledLetter,
  declinedLetter,
  hostBookedLetter,
  hostCancelledLetter,
  hostMovedLetter,
  hostRequestedLetter,
  hostUnwrittenLetter,
  hostShownLetter,
  invitationLetter,
  linkLetter,
  movedLetter,
  placeOf,
  proposalLetter,
  reminderLetter,
  requestLetter,
  type Letter,
} from '#server/mail/letters.ts'
import { mayWriteTo } from '#server/mail/limits.ts'
import { queueLetter } from '#server/mail/queue.ts'
import { whenOf } from '#server/mail/when.ts'
import type { Deps } from '#server/platform/deps.ts'
import type { EffectEnd, Perform } from './effects.ts'
import type { ChangeKind } from './model.ts'
import { invitationOf, whereOf } from './event.ts'
import { awaitsCalendar, settleInviter } from './inviter.ts'
import { awaitsJoin } from './join.ts'
import { hostsOf, openChange, pagePath, workspaceName, type BookingRow, type EffectRow, type HostOfBooking } from './store.ts'

type Facts = { booking: BookingRow; hosts: HostOfBooking[]; page: string | null; workspace: string; token: string; base: string }

async function factsOf(deps: Deps, booking: BookingRow): Promise<Facts> {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const [hosts, page, workspace] = await deps.db.inWorkspace(workspaceId, (tx) => Promise.all([hostsOf(tx, workspaceId, bookingId), booking.page_id ? pagePath(tx, workspaceId, booking.page_id) : null, workspaceName(tx, workspaceId)]))
  return { booking, hosts, page, workspace, token: deps.secrets.unseal(booking.sealed_token, { table: 'bookings', row: bookingId, workspaceId }), base: (deps.config.url ?? '').replace(/\/$/, '') }
}

const span = (booking: BookingRow) => ({ start: booking.starts_at, end: booking.ends_at })

function forVisitor({ booking, hosts }: Facts) {
  const lead = hosts[0]!
  const { locale } = booking
  return {
    locale,
    meeting: { title: booking.title, host: lead.name, visitor: booking.name, when: whenOf(locale, span(booking), booking.visitor_zone, { name: lead.name, zone: booking.host_zone }), place: placeOf(locale, whereOf(booking)) },
    invited: booking.made_from === 'record',
  }
}

function forHost({ booking, workspace, base }: Facts, host: HostOfBooking) {
  const { locale } = host
  return {
    locale,
    meeting: { title: booking.title, host: host.name, visitor: booking.name, when: whenOf(locale, span(booking), host.zone, { name: booking.name, zone: booking.visitor_zone }), place: placeOf(locale, whereOf(booking)) },
    visitor: { email: booking.email, guests: booking.guests, answers: booking.answers.map(({ label, value }) => ({ label, value })) },
    workspace,
    url: `${base}/app/meetings/${booking.booking_id}`,
  }
}

const changeUrls = ({ base, token, page }: Facts) => ({ move: page === null ? null : `${base}/b/${token}/move`, cancel: `${base}/b/${token}/cancel` })

// What a stranger's first submit may send; what follows from a booking that stands is the host's business. Counted at the first
// try: one that a crash broke off is still the same letter.
const FIRST = /^(invite|acknowledge)$/

/** One letter per booking revision, kind and person: the same Message-ID however often this runs (I4). */
async function send(deps: Deps, booking: BookingRow, effect: EffectRow, letter: Letter, to: { name: string; email: string }, options: { calendar?: 'REQUEST' | 'CANCEL'; hosts: HostOfBooking[] }): Promise<EffectEnd> {
  const host = options.hosts[0]!
  const first = effect.attempts === 1 || effect.trouble?.endsWith('-pending') === true
  if (effect.revision === 1 && first && booking.made_from === 'page' && FIRST.test(effect.kind) && !(await mayWriteTo(deps, to.email))) return { kind: 'failed', trouble: 'too-many-letters' }
  const messageId = `${booking.booking_id}.${effect.revision}.${effect.kind}.${effect.effect_id.slice(0, 13)}`
  await deps.db.inWorkspace(booking.workspace_id, (tx) =>
    queueLetter(deps, tx, {
      workspaceId: booking.workspace_id,
      kind: effect.kind,
      effectId: effect.effect_id,
      to,
      replyTo: to.email === host.email ? { name: booking.name, email: booking.email } : { name: host.name, email: host.email },
      // To a visitor a letter goes out in the host's own name, where their mailbox is linked.
      mailboxUserId: options.hosts.some(({ email }) => email === to.email) ? null : host.user_id,
      ...letter,
      ...(options.calendar ? { calendar: { method: options.calendar, content: writeObject({ ...invitationOf(booking, options.hosts), stamp: deps.now() }, options.calendar) } } : {}),
      messageId,
    }),
  )
  return { kind: 'done' }
}

const visitorNamed = (booking: BookingRow, email: string) => ({ name: email === booking.email ? booking.name : email, email })

/** The invitation, new or changed, to the visitor or one guest. */
export const invite: Perform = async (deps, before, effect) => {
  if (before.state !== 'confirmed') return { kind: 'dropped' }
  if (awaitsJoin(before, effect.attempts, deps.now())) return { kind: 'later', trouble: 'join-pending', after: 4000 }
  if (awaitsCalendar(before, effect.attempts)) return { kind: 'later', trouble: 'calendar-pending', after: 10_000 }
  const booking = await settleInviter(deps, before)
  const facts = await factsOf(deps, booking)
  const from = effect.detail['from'] as { start: number; end: number; by: 'visitor' | 'host' | 'calendar' } | undefined
  const attached = booking.invited_by === 'us'
  const about = { ...forVisitor(facts), attached }
  const letter = from
    ? movedLetter({ ...about, before: whenOf(booking.locale, from, booking.visitor_zone), by: from.by, urls: changeUrls(facts) })
    : invitationLetter({ ...about, urls: changeUrls(facts), accepted: effect.detail['accepted'] === true })
  return send(deps, booking, effect, letter, visitorNamed(booking, effect.destination), { ...(attached ? { calendar: 'REQUEST' as const } : {}), hosts: facts.hosts })
}

/** The video link, to those who were invited before it was there. */
export const tellLink: Perform = async (deps, booking, effect) => {
  if (booking.state !== 'confirmed' || booking.join_state !== 'ready') return { kind: 'dropped' }
  const facts = await factsOf(deps, booking)
  return send(deps, booking, effect, linkLetter({ ...forVisitor(facts), urls: changeUrls(facts) }), visitorNamed(booking, effect.destination), { ...(booking.invited_by === 'us' ? { calendar: 'REQUEST' as const } : {}), hosts: facts.hosts })
}

/** The cancellation, with the same UID and a higher SEQUENCE (RFC 5546 §3.2.5). A request that was never a meeting has no event to cancel. */
export const uninvite: Perform = async (deps, booking, effect) => {
  const facts = await factsOf(deps, booking)
  const attached = effect.detail['meeting'] === true && booking.invited_by === 'us'
  const letter = cancelledLetter({ ...forVisitor(facts), attached, by: booking.cancelled_by ?? 'host', reason: booking.cancelled_by === 'host' ? booking.cancel_reason : null, urls: { again: facts.page ? `${facts.base}${facts.page}` : null } })
  return send(deps, booking, effect, letter, visitorNamed(booking, effect.destination), { ...(attached ? { calendar: 'CANCEL' as const } : {}), hosts: facts.hosts })
}

export const acknowledge: Perform = async (deps, booking, effect) => {
  if (booking.state !== 'requested') return { kind: 'dropped' }
  const facts = await factsOf(deps, booking)
  return send(deps, booking, effect, requestLetter({ ...forVisitor(facts), urls: { withdraw: `${facts.base}/b/${facts.token}/cancel` } }), visitorNamed(booking, effect.destination), { hosts: facts.hosts })
}

export const declineLetter: Perform = async (deps, booking, effect) => {
  const facts = await factsOf(deps, booking)
  return send(deps, booking, effect, declinedLetter({ ...forVisitor(facts), reason: booking.cancel_reason, urls: { more: facts.page ? `${facts.base}${facts.page}` : null } }), visitorNamed(booking, effect.destination), { hosts: facts.hosts })
}

export const proposeTimes: Perform = async (deps, booking, effect) => {
  if (booking.state !== 'requested' || !booking.proposed) return { kind: 'dropped' }
  const facts = await factsOf(deps, booking)
  const length = booking.ends_at - booking.starts_at
  const times = booking.proposed.map((start) => ({
    when: whenOf(booking.locale, { start, end: start + length }, booking.visitor_zone),
    url: `${facts.base}/b/${facts.token}/proposal?start=${start}`,
  }))
  return send(deps, booking, effect, proposalLetter({ ...forVisitor(facts), times, urls: { more: facts.page ? `${facts.base}${facts.page}` : null } }), visitorNamed(booking, effect.destination), { hosts: facts.hosts })
}

/** A reminder that could not leave before the meeting is not sent after it (C03). */
export const remind: Perform = async (deps, booking, effect) => {
  if (booking.state !== 'confirmed' || booking.starts_at <= deps.now() + MINUTE) return { kind: 'dropped' }
  const facts = await factsOf(deps, booking)
  return send(deps, booking, effect, reminderLetter({ ...forVisitor(facts), urls: changeUrls(facts) }), visitorNamed(booking, effect.destination), { hosts: facts.hosts })
}

type News = 'booked' | 'requested' | 'moved' | 'cancelled' | 'calendar-failed'

/** To a host, or to all of them: what happened to a booking of theirs. */
export const tellHost: Perform = async (deps, booking, effect) => {
  const news = effect.detail['news'] as News
  const facts = await factsOf(deps, booking)
  const hosts = effect.destination === 'all' ? facts.hosts : facts.hosts.filter((host) => host.user_id === effect.destination)
  for (const host of hosts) {
    const about = forHost(facts, host)
    const letter = newsLetter(news, about, booking, effect, host)
    await send(deps, booking, { ...effect, effect_id: effect.destination === 'all' ? `${host.user_id.slice(0, 4)}${effect.effect_id.slice(4)}` : effect.effect_id }, letter, { name: host.name, email: host.email }, { hosts: facts.hosts })
  }
  return { kind: 'done' }
}

/** To the host whose calendar shows the meeting otherwise; a question that has answered itself is not asked. */
export const askHost: Perform = async (deps, booking, effect) => {
  const { workspace_id: workspaceId, booking_id: bookingId } = booking
  const kind = effect.kind.slice('ask-'.length) as ChangeKind
  const change = booking.state === 'confirmed' ? await deps.db.inWorkspace(workspaceId, (tx) => openChange(tx, workspaceId, bookingId, kind)) : undefined
  if (!change) return { kind: 'dropped' }
  const facts = await factsOf(deps, booking)
  const host = facts.hosts.find(({ user_id: id }) => id === effect.destination) ?? facts.hosts[0]!
  const { starts_at: start, ends_at: end } = change
  const moved = kind === 'moved' && start !== null && end !== null
  const shown = kind === 'declined' && change.who === booking.email.toLowerCase() ? 'refused' : kind
  const about = forHost(moved ? { ...facts, booking: { ...booking, starts_at: start, ends_at: end } } : facts, host)
  const letter = hostShownLetter({ ...about, shown, before: moved ? whenOf(host.locale, span(booking), host.zone) : null, because: kind !== 'moved' ? null : booking.conflict ? 'conflict' : moved ? null : 'odd' })
  return send(deps, booking, effect, letter, { name: host.name, email: host.email }, { hosts: facts.hosts })
}

function newsLetter(news: News, about: ReturnType<typeof forHost>, booking: BookingRow, effect: EffectRow, host: HostOfBooking): Letter {
  switch (news) {
    case 'booked':
      return hostBookedLetter({ ...about, calendar: booking.calendar_state === 'standing' ? 'standing' : booking.calendar_state === 'none' ? 'none' : 'writing' })
    case 'requested':
      return hostRequestedLetter(about)
    case 'moved': {
      const from = Number(effect.detail['from'] ?? booking.starts_at)
      return hostMovedLetter({ ...about, before: whenOf(host.locale, { start: from, end: from + (booking.ends_at - booking.starts_at) }, host.zone) })
    }
    case 'cancelled':
      return hostCancelledLetter({ ...about, reason: booking.cancel_reason })
    case 'calendar-failed':
      return hostUnwrittenLetter({ ...about, reason: causeOf(host.locale, String(effect.detail['reason'] ?? '')) })
  }
}

function causeOf(locale: Locale, reason: string): string {
  const key = `reason.${reason}.cause`
  const say = speak(connectionWords, locale)
  return say((key in connectionWords.en ? key : 'reason.server-error.cause') as 'reason.server-error.cause', { host: locale === 'it' ? 'Il server del calendario' : 'The calendar server' })
}
