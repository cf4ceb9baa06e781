import { formatList } from '#core/locale/dates.ts'
import type { Locale } from '#core/locale/locale.ts'
import { speak } from '#core/locale/say.ts'
import { mailWords } from '#core/locale/words/mail.ts'
import { composeLetter, type LetterParts } from './compose.ts'
import { quoted, said } from './plain.ts'
import type { When } from './when.ts'

export type Letter = { subject: string; html: string; text: string }

/** Where it takes place; `url` only when it is a link that the host, never a visitor, has set. */
export type Place = { words: string; url?: string | undefined }

/** What every letter about a meeting tells. Names and titles come as people wrote them. */
export type Meeting = { title: string; host: string; visitor: string; when: When; place: Place | null }

/** What a visitor told about themselves, for the host only. */
export type Visitor = { email: string; phone?: string | null; guests: string[]; answers: { label: string; value: string }[] }

type ToVisitor = {
  locale: Locale
  meeting: Meeting
  /** Whether the iCalendar object comes with the letter; else the calendar's provider sends it, or there is none. */
  attached?: boolean
  /** Whether the host invited them, instead of they having booked. */
  invited?: boolean
}
type ToHost = { locale: Locale; meeting: Meeting; visitor: Visitor; workspace: string; url: string }

const voice = (locale: Locale) => speak(mailWords, locale)

/** The words for an event type's or a booking's location. */
export function placeOf(locale: Locale, { kind, value }: { kind: 'video' | 'phone' | 'place' | 'ask'; value: string }): Place | null {
  const say = voice(locale)
  if (kind === 'place') return value === '' ? { words: say('place.ask') } : { words: value }
  if (kind === 'ask') return { words: value === '' ? say('place.ask') : value }
  if (kind === 'phone') return { words: value === '' ? say('place.phone') : `${say('place.phone')}, ${value}` }
  const url = URL.parse(value)
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? { words: say('place.video'), url: url.href } : { words: say('place.video') }
}

const names = ({ title, host, visitor, when }: Meeting) => ({ title: said(title), host: said(host), name: said(visitor), when: when.short, day: when.day })

function letter(locale: Locale, subject: string, parts: LetterParts): Letter {
  return { subject, ...composeLetter(locale, parts) }
}

function placeFact(locale: Locale, place: Place | null): LetterParts['facts'] {
  const say = voice(locale)
  if (place === null) return []
  // A link's own address is its words: the reader sees where it leads, in both forms of the letter.
  return place.url === undefined ? [{ label: say('fact.where'), value: quoted(place.words) }] : [{ label: say('fact.where'), value: said(place.words) }, { label: say('action.join'), value: place.url, url: place.url }]
}

const meetingFacts = (locale: Locale, meeting: Meeting): LetterParts['facts'] => [
  { label: voice(locale)('fact.what'), value: said(meeting.title, 120) },
  { label: voice(locale)('fact.with'), value: said(meeting.host) },
  ...placeFact(locale, meeting.place),
]

const reasonFact = (locale: Locale, reason: string | null | undefined): LetterParts['facts'] =>
  reason ? [{ label: voice(locale)('fact.reason'), value: quoted(reason) }] : []

const beforeFact = (locale: Locale, before: When): LetterParts['facts'] => [{ label: voice(locale)('fact.before'), value: before.lines[0]! }]

// Nobody is told of an attachment that is not there.
const alone = <Key extends string>(key: Key, attached: boolean): Key | `${Key}.plain` => (attached ? key : `${key}.plain`)
const footerOf = (locale: Locale, told: ReturnType<typeof names>, invited: boolean, usual: 'footer.visitor' | 'footer.last' = 'footer.visitor'): string => voice(locale)(invited ? 'footer.invited' : usual, told)

/** To the visitor: the booking stands. `accepted` when it was a request until now. */
export function invitationLetter({ locale, meeting, urls, accepted, attached = true, invited = false }: ToVisitor & { urls: Urls; accepted?: boolean }): Letter {
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('invitation.subject', told), {
    preheader: say('invitation.preheader', told),
    heading: say('invitation.heading', told),
    lines: [say(alone(invited ? 'invitation.invited' : accepted ? 'invitation.accepted' : 'invitation.line', attached), told)],
    when: meeting.when.lines,
    facts: meetingFacts(locale, meeting),
    actions: changes(locale, urls),
    footer: footerOf(locale, told, invited),
  })
}

/** `move` is null where there is no page to choose another time on. */
type Urls = { move: string | null; cancel: string }

const changes = (locale: Locale, urls: Urls): LetterParts['actions'] => [
  ...(urls.move === null ? [] : [{ label: voice(locale)('action.move'), url: urls.move, weight: 'plain' as const }]),
  { label: voice(locale)('action.cancel'), url: urls.cancel, weight: 'plain' },
]

/** To the visitor: the meeting has a new time. */
export function movedLetter({ locale, meeting, before, by, urls, attached = true, invited = false }: ToVisitor & { before: When; by: 'visitor' | 'host' | 'calendar'; urls: Urls }): Letter {
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('moved.subject', told), {
    preheader: say('moved.preheader', told),
    heading: say('moved.heading'),
    lines: [say(alone(by === 'visitor' ? 'moved.by_visitor' : 'moved.by_host', attached), told)],
    when: meeting.when.lines,
    facts: [...beforeFact(locale, before), ...meetingFacts(locale, meeting)],
    actions: changes(locale, urls),
    footer: footerOf(locale, told, invited),
  })
}

/** To the visitor: the meeting will not take place. `again` leads to the page, where it is still open. */
export function cancelledLetter({ locale, meeting, by, reason, urls, attached = true, invited = false }: ToVisitor & { by: 'visitor' | 'host' | 'calendar'; reason?: string | null; urls: { again: string | null } }): Letter {
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('cancelled.subject', told), {
    preheader: say('cancelled.preheader', told),
    heading: say('cancelled.heading'),
    lines: [say(alone(by === 'visitor' ? 'cancelled.by_visitor' : 'cancelled.by_host', attached), told)],
    when: meeting.when.lines,
    facts: [...meetingFacts(locale, meeting), ...reasonFact(locale, reason)],
    actions: urls.again === null ? [] : [{ label: say('action.book_again'), url: urls.again }],
    footer: footerOf(locale, told, invited, 'footer.last'),
  })
}

/** To the visitor, before the meeting. */
export function reminderLetter({ locale, meeting, urls, invited = false }: ToVisitor & { urls: Urls }): Letter {
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('reminder.subject', told), {
    preheader: say('reminder.preheader', told),
    heading: say('reminder.heading'),
    lines: [say('greeting', told), say('reminder.line', told)],
    when: meeting.when.lines,
    facts: meetingFacts(locale, meeting),
    actions: changes(locale, urls),
    footer: footerOf(locale, told, invited),
  })
}

/** To the visitor: the video link, which was still being made when their invitation left (C28). */
export function linkLetter({ locale, meeting, urls, invited = false }: ToVisitor & { urls: Urls }): Letter {
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('link.subject', told), {
    preheader: say('link.preheader', told),
    heading: say('link.heading'),
    lines: [say('greeting', told), say('link.line', told)],
    when: meeting.when.lines,
    facts: meetingFacts(locale, meeting),
    actions: changes(locale, urls),
    footer: footerOf(locale, told, invited),
  })
}

/** To the visitor: the request has arrived and nothing is fixed yet (S-012). */
export function requestLetter({ locale, meeting, urls }: ToVisitor & { urls: { withdraw: string } }): Letter {
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('asked.subject', told), {
    preheader: say('asked.preheader', told),
    heading: say('asked.heading'),
    lines: [say('greeting', told), say('asked.line', told)],
    when: meeting.when.lines,
    facts: meetingFacts(locale, meeting),
    actions: [{ label: say('action.withdraw'), url: urls.withdraw, weight: 'plain' }],
    footer: say('footer.request', told),
  })
}

/** To the visitor: the host cannot confirm the time asked for. */
export function declinedLetter({ locale, meeting, reason, urls }: ToVisitor & { reason?: string | null; urls: { more: string | null } }): Letter {
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('declined.subject', told), {
    preheader: say('declined.preheader', told),
    heading: say('declined.heading'),
    lines: [say('greeting', told), say('declined.line', told)],
    when: meeting.when.lines,
    facts: [...meetingFacts(locale, meeting), ...reasonFact(locale, reason)],
    actions: urls.more === null ? [] : [{ label: say('action.more'), url: urls.more }],
    footer: say('footer.last', told),
  })
}

/** To the visitor: other times to choose from. Each address opens a page that confirms; opening it books nothing. */
export function proposalLetter({ locale, meeting, times, urls }: ToVisitor & { times: { when: When; url: string }[]; urls: { more: string | null } }): Letter {
  const say = voice(locale)
  const told = { ...names(meeting), n: times.length }
  // Two when the clocks change between one proposed time and the next.
  const zones = [...new Set(times.map(({ when }) => when.lines[1]!))]
  return letter(locale, say('proposed.subject', told), {
    preheader: say('proposed.preheader', told),
    heading: say('proposed.heading', told),
    lines: [say('greeting', told), say('proposed.line', told)],
    facts: [...meetingFacts(locale, meeting), { label: say('proposed.asked'), value: meeting.when.lines[0]! }, { label: say('fact.zone'), value: zones.join('\n') }],
    actions: [...times.map(({ when, url }) => ({ label: zones.length > 1 ? `${when.lines[0]!}, ${when.lines[1]!}` : when.lines[0]!, url, weight: 'main' as const })), ...(urls.more === null ? [] : [{ label: say('action.none_fits'), url: urls.more, weight: 'plain' as const }])],
    footer: say('footer.request', told),
  })
}

function visitorFacts(locale: Locale, { meeting, visitor }: ToHost): LetterParts['facts'] {
  const say = voice(locale)
  return [
    { label: say('fact.what'), value: said(meeting.title, 120) },
    { label: say('fact.with'), value: said(meeting.visitor) },
    // Addresses have passed our own narrow grammar, so they may be links and must stay copyable.
    { label: say('fact.email'), value: visitor.email, url: `mailto:${encodeURIComponent(visitor.email).replace('%40', '@')}` },
    ...(visitor.phone ? [{ label: say('fact.phone'), value: said(visitor.phone) }] : []),
    ...(visitor.guests.length > 0 ? [{ label: say('fact.guests'), value: formatList(locale, visitor.guests.map((guest) => said(guest, 254))) }] : []),
    ...placeFact(locale, meeting.place),
    ...visitor.answers.map(({ label, value }) => ({ label: said(label, 200), value: quoted(value) })),
  ]
}

/** To the host: a new booking, and whether it stands in the calendar. */
export function hostBookedLetter(facts: ToHost & { calendar: 'standing' | 'writing' | 'none' }): Letter {
  const { locale, meeting, workspace, url, calendar } = facts
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('host.booked.subject', told), {
    preheader: say('host.booked.preheader', told),
    heading: say('host.booked.heading', told),
    lines: [say(`host.booked.${calendar}`)],
    when: meeting.when.lines,
    facts: visitorFacts(locale, facts),
    actions: [{ label: say('action.open'), url }],
    footer: say('footer.host', { workspace: said(workspace) }),
  })
}

/** To the host: somebody asks for a time while nothing can be booked (S-012, S-013). */
export function hostRequestedLetter(facts: ToHost): Letter {
  const { locale, meeting, workspace, url } = facts
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('host.requested.subject', told), {
    preheader: say('host.requested.preheader', told),
    heading: say('host.requested.heading', told),
    lines: [say('host.requested.line')],
    when: meeting.when.lines,
    facts: visitorFacts(locale, facts),
    actions: [{ label: say('action.answer'), url }],
    footer: say('footer.host', { workspace: said(workspace) }),
  })
}

/** To the host: the visitor chose another time. */
export function hostMovedLetter(facts: ToHost & { before: When }): Letter {
  const { locale, meeting, workspace, url, before } = facts
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('host.moved.subject', told), {
    preheader: say('host.moved.preheader', told),
    heading: say('host.moved.heading', told),
    lines: [],
    when: meeting.when.lines,
    facts: [...beforeFact(locale, before), ...visitorFacts(locale, facts)],
    actions: [{ label: say('action.open'), url }],
    footer: say('footer.host', { workspace: said(workspace) }),
  })
}

/** To the host: the visitor cancelled. */
export function hostCancelledLetter(facts: ToHost & { reason?: string | null }): Letter {
  const { locale, meeting, workspace, url, reason } = facts
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('host.cancelled.subject', told), {
    preheader: say('host.cancelled.preheader', told),
    heading: say('host.cancelled.heading', told),
    lines: [say('host.cancelled.line')],
    when: meeting.when.lines,
    facts: [...reasonFact(locale, reason), ...visitorFacts(locale, facts)],
    actions: [{ label: say('action.open'), url, weight: 'plain' }],
    footer: say('footer.host', { workspace: said(workspace) }),
  })
}

/** To the host: booked, but the calendar did not take it (I2). `reason` is the sentence for the reason code. */
export function hostUnwrittenLetter(facts: ToHost & { reason: string }): Letter {
  const { locale, meeting, workspace, url, reason } = facts
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say('host.unwritten.subject', told), {
    preheader: say('host.unwritten.preheader', told),
    heading: say('host.unwritten.heading', told),
    lines: [say('host.unwritten.line', told)],
    when: meeting.when.lines,
    facts: [{ label: say('fact.calendar'), value: quoted(reason) }, ...visitorFacts(locale, facts)],
    actions: [{ label: say('action.calendar'), url }],
    footer: say('footer.host', { workspace: said(workspace) }),
  })
}

export type Shown = 'moved' | 'deleted' | 'declined' | 'refused'

/** To the host: their calendar shows the meeting otherwise, and what that means is theirs to say. `before` is the agreed time of one that was moved. */
export function hostShownLetter(facts: ToHost & { shown: Shown; before: When | null; because: 'conflict' | 'odd' | null }): Letter {
  const { locale, meeting, workspace, url, shown, before, because } = facts
  const say = voice(locale)
  const told = names(meeting)
  return letter(locale, say(`host.shown.${shown}.subject`, told), {
    preheader: say(`host.shown.${shown}.preheader`, told),
    heading: say(`host.shown.${shown}.heading`, told),
    lines: [...(because === null ? [] : [say(`host.shown.${because}`)]), say(`host.shown.${shown}.line`, told)],
    when: meeting.when.lines,
    facts: [...(before === null ? [] : beforeFact(locale, before)), ...visitorFacts(locale, facts)],
    actions: [{ label: say('action.decide'), url }],
    footer: say('footer.host', { workspace: said(workspace) }),
  })
}
