import { fingerprint } from '#core/icalendar/words.ts'
import type { EventDraft } from '../provider.ts'
import { isRaw } from './ask.ts'
import type { Raw } from './ask.ts'
import { eventId } from './id.ts'
import { linkOf } from './link.ts'
import { MARK } from './read.ts'

/** Beside the mark: fingerprints of the words we wrote, so that an update knows which of them the owner has since rewritten. */
const WORDS = 'ritrovoWords'

/** The whole event of a draft, for a place where nothing of it stands. */
export const wholeBody = (draft: EventDraft): object => ({
  status: 'confirmed',
  summary: draft.title,
  description: draft.description,
  location: draft.location,
  ...timesBody(draft, {}),
  sequence: draft.sequence,
  attendees: draft.attendees.map(attendee),
  extendedProperties: properties(draft, printsOf(draft)),
  ...(draft.url !== null && /^https?:/.test(draft.url)
    ? { source: { title: draft.title, url: draft.url } }
    : {}),
  ...conferenceBody(draft, {}),
})

/**
 * A draft on top of what stands: our times, and our words where nobody has touched them. What the owner wrote, added or
 * chose is not named, so PATCH leaves it alone (B20).
 */
export function mergedBody(stored: Raw, draft: EventDraft): object {
  const prints = wordsIn(stored)
  const now = printsOf(draft)
  const [title, place] = [
    untouched(stored['summary'], prints.title),
    untouched(stored['location'], prints.location),
  ]
  const description = mergedDescription(stored['description'], prints.description, draft.description)
  const missing = missingAttendees(stored, draft)
  return {
    ...timesBody(draft, stored),
    // Google refuses a number below the one that stands.
    sequence: Math.max(draft.sequence, typeof stored['sequence'] === 'number' ? stored['sequence'] : 0),
    ...(title ? { summary: draft.title } : {}),
    ...(place ? { location: draft.location } : {}),
    ...(description === null ? {} : { description }),
    // The list is replaced as a whole, so those who stand in it go along as they are, with their answers.
    ...(missing.length > 0 ? { attendees: [...attendeesIn(stored), ...missing] } : {}),
    extendedProperties: properties(draft, {
      title: title ? now.title : prints.title,
      location: place ? now.location : prints.location,
      description: description === null ? prints.description : now.description,
    }),
    ...conferenceBody(draft, stored),
  }
}

function timesBody({ span, zone }: EventDraft, stored: Raw): object {
  // An event its owner made last all day has dates, which only null takes out of it again.
  const edge = (at: number, before: unknown): object => ({
    dateTime: new Date(at).toISOString(),
    timeZone: zone,
    ...(isRaw(before) && before['date'] !== undefined ? { date: null } : {}),
  })
  return { start: edge(span.start, stored['start']), end: edge(span.end, stored['end']) }
}

// "Recommended for new events": an answer set by us may be taken back, and then hides the event from its guest.
const attendee = ({ name, email }: EventDraft['attendees'][number]): object => ({
  email,
  displayName: name,
  responseStatus: 'needsAction',
})

const attendeesIn = ({ attendees }: Raw): unknown[] =>
  Array.isArray(attendees) ? (attendees as unknown[]) : []

function missingAttendees(stored: Raw, draft: EventDraft): object[] {
  const present = new Set(
    attendeesIn(stored).map((each) =>
      isRaw(each) && typeof each['email'] === 'string' ? each['email'].toLowerCase() : '',
    ),
  )
  return draft.attendees.filter(({ email }) => !present.has(email.trim().toLowerCase())).map(attendee)
}

type Prints = { title: string; location: string; description: string }

const printsOf = ({ title, location, description }: EventDraft): Prints => ({
  title: fingerprint(title),
  location: fingerprint(location),
  // With its length, so that it is found again with the owner's notes under it.
  description: `${description.length}.${fingerprint(description)}`,
})

const properties = (draft: EventDraft, { title, location, description }: Prints): object => ({
  private: { [MARK]: draft.uid, [WORDS]: [title, location, description].join('-') },
})

/** Without a mark nobody knows who wrote the words: then they are the owner's. */
function wordsIn(stored: Raw): Prints {
  const held = stored['extendedProperties']
  const own = isRaw(held) && isRaw(held['private']) ? held['private'][WORDS] : undefined
  const [title = '', location = '', description = ''] = typeof own === 'string' ? own.split('-') : []
  return { title, location, description }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const untouched = (stored: unknown, print: string): boolean => fingerprint(textOf(stored)) === print

/** Our words anew with what its owner wrote after them; null when they are no longer ours to change. */
function mergedDescription(stored: unknown, print: string, ours: string): string | null {
  const [length = '', hash = ''] = print.split('.')
  const text = textOf(stored)
  if (untouched(text, hash)) return ours
  const before = text.slice(0, Number(length))
  const notes = text.slice(before.length)
  return before !== '' && fingerprint(before) === hash && /^(\s|<)/.test(notes) ? ours + notes : null
}

/** A video link, asked for once: a request of an id that was asked before is ignored, so one that failed is asked under another. */
function conferenceBody({ conference, uid, sequence }: EventDraft, stored: Raw): object {
  if (conference !== 'meet') return {}
  const standing = linkOf(stored)
  if (standing !== null && standing.state !== 'failed') return {}
  const requestId = standing === null ? eventId(uid) : eventId(`${uid} ${sequence}`)
  return { conferenceData: { createRequest: { requestId, conferenceSolutionKey: { type: 'hangoutsMeet' } } } }
}
