import { cleanText } from '#core/icalendar/encode.ts'
import { fingerprint } from '#core/icalendar/words.ts'
import type { EventDraft } from '../provider.ts'
import { isRaw } from './ask.ts'
import type { Raw } from './ask.ts'
import { MARK, markIn, transactionId, WROTE } from './mark.ts'
import { graphTime } from './times.ts'

// https://learn.microsoft.com/graph/api/resources/event: Exchange refuses a longer subject.
const LONGEST_WORD = 255

type Words = { title: string; body: string; location: string }

function wordsOf(draft: EventDraft): Words {
  const told = [draft.description, draft.location].some(
    (text) => draft.url !== null && text.includes(draft.url),
  )
  const body = draft.url === null || told ? draft.description : `${draft.description}\n\n${draft.url}`
  return {
    title: cleanText(draft.title).replaceAll('\n', ' ').slice(0, LONGEST_WORD).toWellFormed(),
    body: cleanText(body).trim(),
    location: cleanText(draft.location).slice(0, LONGEST_WORD).toWellFormed(),
  }
}

const printsOf = ({ title, body, location }: Words): string[] => [title, body, location].map(fingerprint)

const writeWords = ({ title, body, location }: Words) => ({
  subject: title,
  body: { contentType: 'text', content: body },
  location: { displayName: location },
})

const timesOf = ({ span, zone }: EventDraft, inUtc: boolean) => ({
  start: graphTime(span.start, zone, inUtc),
  end: graphTime(span.end, zone, inUtc),
  isAllDay: false,
})

const TEAMS = { isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' }

const marks = (entries: [name: string, value: string][]) => ({
  singleValueExtendedProperties: entries.map(([id, value]) => ({ id, value })),
})

/** The organizer is whose mailbox it is; Exchange invites everybody else who stands here. */
const guestsOf = ({ attendees, organizer }: EventDraft) =>
  attendees
    .filter(({ email }) => email.toLowerCase() !== organizer.email.toLowerCase())
    .map(({ name, email }) => ({ type: 'required', emailAddress: { address: email, name: cleanText(name) } }))

/** The event to be made. */
export function newEvent(draft: EventDraft, teams: boolean): object {
  const words = wordsOf(draft)
  return {
    ...writeWords(words),
    ...timesOf(draft, false),
    attendees: guestsOf(draft),
    showAs: 'busy',
    transactionId: transactionId(draft.uid),
    ...marks([
      [MARK, draft.uid],
      [WROTE, printsOf(words).join('-')],
    ]),
    ...(teams ? TEAMS : {}),
  }
}

/**
 * What of a standing event must change to be as the draft says, and nothing else: every change of an event with
 * guests makes Exchange write to them, so what already is as it should be is not sent again (I4). Words the host
 * has rewritten stay theirs; so does a body in which Exchange has put its Teams block, which must not be lost. Null
 * when there is nothing to do.
 */
export function changesFor(
  stored: Raw,
  moved: boolean,
  draft: EventDraft,
  options: { teams: boolean; inUtc: boolean },
): object | null {
  const changes = {
    ...(moved || options.inUtc ? timesOf(draft, options.inUtc) : {}),
    ...wordChanges(stored, draft),
    ...guestChanges(stored, draft),
    ...(options.teams && stored['isOnlineMeeting'] !== true ? TEAMS : {}),
  }
  return Object.keys(changes).length === 0 ? null : changes
}

function wordChanges(stored: Raw, draft: EventDraft): object {
  const written = (markIn(stored, WROTE) ?? '').split('-')
  const wanted = wordsOf(draft)
  const standing = printsOf(wordsIn(stored))
  const prints = printsOf(wanted)
  const fields = writeWords(wanted)
  const changes: Partial<typeof fields> = {}
  const after = [...written]
  const change = <K extends keyof typeof fields>(index: number, field: K) => {
    if (standing[index] !== written[index] || prints[index] === standing[index]) return
    changes[field] = fields[field]
    after[index] = prints[index]!
  }
  change(0, 'subject')
  change(1, 'body')
  change(2, 'location')
  return Object.keys(changes).length === 0 ? {} : { ...changes, ...marks([[WROTE, after.join('-')]]) }
}

const wordsIn = ({ subject, body, location }: Raw): Words => ({
  title: textIn(subject),
  body: isRaw(body) ? textIn(body['content']) : '',
  location: isRaw(location) ? textIn(location['displayName']) : '',
})
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Who of the draft is not in it yet, behind those who are: a list that is sent replaces the one that stands. */
function guestChanges({ attendees }: Raw, draft: EventDraft): object {
  const standing = Array.isArray(attendees) ? attendees.filter(isRaw) : []
  const present = new Set(
    standing.map(({ emailAddress }) =>
      isRaw(emailAddress) ? textIn(emailAddress['address']).toLowerCase() : '',
    ),
  )
  const missing = guestsOf(draft).filter(
    ({ emailAddress }) => !present.has(emailAddress.address.toLowerCase()),
  )
  return missing.length === 0 ? {} : { attendees: [...standing, ...missing] }
}
