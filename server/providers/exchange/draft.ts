import { cleanText } from '#core/icalendar/encode.ts'
import { fingerprint } from '#core/icalendar/words.ts'
import type { EventDraft } from '../provider.ts'
import { calendarItem, fieldUri } from './fields.ts'
import type { Field, Part } from './fields.ts'
import { MARK, markIn, markUri, writeMark, WROTE } from './mark.ts'
import { childrenOf, child, textAt } from './parse.ts'
import type { Element } from './parse.ts'
import { xml } from './soap.ts'
import type { Xml } from './soap.ts'
import { timeZone, utc } from './times.ts'

// PidTagSubject and PidLidLocation hold no more.
const LONGEST_WORD = 255

type Words = { title: string; body: string; location: string }

function wordsOf(draft: EventDraft): Words {
  const told = [draft.description, draft.location].some(
    (text) => draft.url !== null && text.includes(draft.url),
  )
  const body = draft.url === null || told ? draft.description : `${draft.description}\n\n${draft.url}`
  const short = (text: string): string => cleanText(text).slice(0, LONGEST_WORD).toWellFormed()
  return {
    title: short(draft.title).replaceAll('\n', ' '),
    body: cleanText(body).trim(),
    location: short(draft.location),
  }
}

const printsOf = ({ title, body, location }: Words): string[] => [title, body, location].map(fingerprint)

const writeWords = ({ title, body, location }: Words) => ({
  Subject: xml`<t:Subject>${title}</t:Subject>`,
  Body: xml`<t:Body BodyType="Text">${body}</t:Body>`,
  Location: xml`<t:Location>${location}</t:Location>`,
})

const writeTimes = ({ span, zone }: EventDraft, inUtc: boolean) => ({
  Start: xml`<t:Start>${utc(span.start)}</t:Start>`,
  End: xml`<t:End>${utc(span.end)}</t:End>`,
  IsAllDayEvent: xml`<t:IsAllDayEvent>false</t:IsAllDayEvent>`,
  StartTimeZone: timeZone('StartTimeZone', zone, inUtc),
  EndTimeZone: timeZone('EndTimeZone', zone, inUtc),
})

type Guest = { name: string; email: string }

/** The organizer is whose mailbox it is; Exchange invites everybody else who stands here. */
export const guestsOf = ({ attendees, organizer }: EventDraft): Guest[] =>
  attendees.filter(({ email }) => email.toLowerCase() !== organizer.email.toLowerCase())

const writeGuest = ({ name, email }: Guest): Xml =>
  xml`<t:Attendee><t:Mailbox>${name === '' ? [] : xml`<t:Name>${cleanText(name)}</t:Name>`}<t:EmailAddress>${email}</t:EmailAddress></t:Mailbox></t:Attendee>`

const writeGuests = (guests: readonly Guest[]): Xml =>
  xml`<t:RequiredAttendees>${guests.map(writeGuest)}</t:RequiredAttendees>`

/** The appointment to be made, under our own UID. */
export function newItem(draft: EventDraft, inUtc: boolean): Xml {
  const words = wordsOf(draft)
  const guests = guestsOf(draft)
  return calendarItem({
    ...writeWords(words),
    ...writeTimes(draft, inUtc),
    ExtendedProperty: {
      markup: writeMark(MARK, draft.uid).markup + writeMark(WROTE, printsOf(words).join('-')).markup,
    },
    UID: xml`<t:UID>${draft.uid}</t:UID>`,
    LegacyFreeBusyStatus: xml`<t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus>`,
    ...(guests.length === 0 ? {} : { RequiredAttendees: writeGuests(guests) }),
  })
}

export type Changes = {
  updates: Xml[]
  /** Whom Exchange is to tell: everybody, or only who is new. */
  tells: 'all' | 'changed'
}

const FIELD: Readonly<Partial<Record<Part, Field>>> = {
  Subject: 'item:Subject',
  Body: 'item:Body',
  Start: 'calendar:Start',
  End: 'calendar:End',
  IsAllDayEvent: 'calendar:IsAllDayEvent',
  Location: 'calendar:Location',
  RequiredAttendees: 'calendar:RequiredAttendees',
  StartTimeZone: 'calendar:StartTimeZone',
  EndTimeZone: 'calendar:EndTimeZone',
}

/**
 * What of a standing event must change to be as the draft says, and nothing else: what already is as it should be is not sent again
 * (I4), and words the host has rewritten stay theirs. Null when there is nothing to do.
 */
export function changesFor(
  stored: Element,
  moved: boolean,
  draft: EventDraft,
  inUtc: boolean,
): Changes | null {
  const words = wordChanges(stored, draft)
  const guests = newGuests(stored, draft)
  const parts: Partial<Record<Part, Xml>> = {
    ...(moved ? writeTimes(draft, inUtc) : {}),
    ...words.parts,
    ...(guests === null ? {} : { RequiredAttendees: guests }),
  }
  const updates = (Object.keys(parts) as Part[]).map((part) =>
    setField(fieldUri(FIELD[part]!), { [part]: parts[part]! }),
  )
  if (updates.length === 0) return null
  if (words.print !== null)
    updates.push(setField(markUri(WROTE), { ExtendedProperty: writeMark(WROTE, words.print) }))
  return { updates, tells: moved || words.print !== null ? 'all' : 'changed' }
}

const setField = (uri: Xml, parts: Partial<Record<Part, Xml>>): Xml =>
  xml`<t:SetItemField>${uri}${calendarItem(parts)}</t:SetItemField>`

function wordChanges(
  stored: Element,
  draft: EventDraft,
): { parts: Partial<Record<Part, Xml>>; print: string | null } {
  const written = (markIn(stored, WROTE) ?? '').split('-')
  const wanted = wordsOf(draft)
  const [standing, prints] = [printsOf(wordsIn(stored)), printsOf(wanted)]
  const fields = writeWords(wanted)
  const after = [...written]
  const parts: Partial<Record<Part, Xml>> = {}
  for (const [index, part] of (['Subject', 'Body', 'Location'] as const).entries()) {
    if (standing[index] !== written[index] || prints[index] === standing[index]) continue
    parts[part] = fields[part]
    after[index] = prints[index]!
  }
  return { parts, print: Object.keys(parts).length === 0 ? null : after.join('-') }
}

const wordsIn = (stored: Element): Words => ({
  title: textAt(stored, 'Subject'),
  body: textAt(stored, 'Body'),
  location: textAt(stored, 'Location'),
})

/** Who of the draft is not in it yet, behind those who are: a list that is sent replaces the one that stands. */
function newGuests(stored: Element, draft: EventDraft): Xml | null {
  const standing = childrenOf(child(stored, 'RequiredAttendees'), 'Attendee').map((each) => ({
    name: textAt(each, 'Mailbox', 'Name'),
    email: textAt(each, 'Mailbox', 'EmailAddress'),
  }))
  const present = new Set([...standing, ...optionalIn(stored)].map(({ email }) => email.toLowerCase()))
  const missing = guestsOf(draft).filter(({ email }) => !present.has(email.toLowerCase()))
  return missing.length === 0
    ? null
    : writeGuests([...standing.filter(({ email }) => email !== ''), ...missing])
}

const optionalIn = (stored: Element): { email: string }[] =>
  childrenOf(child(stored, 'OptionalAttendees'), 'Attendee').map((each) => ({
    email: textAt(each, 'Mailbox', 'EmailAddress'),
  }))

/** Whether Exchange has somebody to tell when it changes or goes. */
export const hasGuests = (stored: Element): boolean =>
  ['RequiredAttendees', 'OptionalAttendees', 'Resources'].some((list) => child(stored, list) !== null)
