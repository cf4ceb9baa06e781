import { createHash } from 'node:crypto'
import { DAY } from '#core/time/model.ts'
import { Unreachable } from '../provider.ts'
import type { RemoteEvent } from '../provider.ts'
import { isRaw } from './ask.ts'
import type { Raw } from './ask.ts'
import { answerIn, kindOf, word } from './kind.ts'
import { byProgram, uidIn } from './mark.ts'
import { timesOf, wallOf } from './times.ts'
import type { Reading } from './times.ts'

/** What we want to know of an event, where a list may be asked for just that. */
export const FIELDS = [
  'id',
  'iCalUId',
  'transactionId',
  'type',
  'seriesMasterId',
  'subject',
  'sensitivity',
  'start',
  'end',
  'isAllDay',
  'originalStartTimeZone',
  'showAs',
  'isCancelled',
  'isOrganizer',
  'responseStatus',
  'organizer',
  'attendees',
  'createdDateTime',
].join(',')

const LONGEST_TITLE = 1000
const MOST_ATTENDEES = 500
const LONGEST_ADDRESS = 320
const FAR = 5 * 366 * DAY

export function idOf(item: Raw): string {
  const { id } = item
  if (typeof id !== 'string' || id === '') throw new Unreachable('an event without an id', 'bad-answer')
  return id
}

/** The series an entry is an instance of; null for what stands alone. */
export function seriesOf(item: Raw): string | null {
  const { seriesMasterId } = item
  return typeof seriesMasterId === 'string' && seriesMasterId !== '' && word(item['type']) !== 'seriesmaster'
    ? seriesMasterId
    : null
}

const DIGEST = 6 // bytes: eight characters, and no two instances of one series share them

/** An instance's own id, short enough to keep all of a series' in a cursor. */
export const digestOf = (id: string): string =>
  createHash('sha256').update(id, 'utf8').digest().subarray(0, DIGEST).toString('base64url')

/** How our copy knows an entry: by its id, an instance by its series' and its own. */
export function remoteIdOf(item: Raw): string {
  const series = seriesOf(item)
  return series === null ? idOf(item) : instanceId(series, digestOf(idOf(item)))
}
export const instanceId = (series: string, digest: string): string => `${series}/${digest}`

type Occurrence = RemoteEvent['occurrences'][number]

/** When an entry is and what it does to its owner's time; null when that is nothing in this window. */
export function occurrenceOf(
  item: Raw,
  reading: Reading,
): { occurrence: Occurrence | null; trouble: string | null } {
  const { start, end, allDay, trouble } = timesOf(item, reading)
  const { window } = reading
  if (start >= end || start >= window.end || end <= window.start) return { occurrence: null, trouble }
  const kind = trouble === null ? kindOf(item) : blurred(kindOf(item))
  // Year 1 and year 9999 are in calendars; no question reaches there and no database should have to (D17).
  return {
    occurrence: { start: Math.max(start, 0), end: Math.min(end, window.end + FAR), kind, allDay },
    trouble,
  }
}

/** The UID an entry is known by: ours where we wrote it, else the one Exchange gave it. */
export const uidOf = (item: Raw): string =>
  uidIn(item['transactionId']) ?? (textIn(item['iCalUId']) || idOf(item))

/** One entry of a calendar view, never thrown at: what cannot be read of it is kept busy, and says why (B24). */
export function toRemote(item: Raw, reading: Reading): RemoteEvent {
  const { occurrence, trouble } = occurrenceOf(item, reading)
  const secret = isPrivate(item['sensitivity'])
  const people = secret ? NOBODY : peopleOf(item)
  const madeAt = wallOf(item['createdDateTime'])
  return {
    remoteId: remoteIdOf(item),
    etag: textIn(item['@odata.etag']) || textIn(item['changeKey']),
    uid: uidOf(item),
    occurrences: occurrence ? [occurrence] : [],
    title: secret ? null : titleIn(item['subject']),
    private: secret,
    attendees: people.attendees,
    declined: people.declined,
    accepted: people.accepted,
    trouble,
    sequence: 0,
    mark: uidIn(item['transactionId']),
    madeAt: Number.isNaN(madeAt) ? null : madeAt,
    byProgram: byProgram(item['transactionId']),
  }
}

/** We do not know when it is busy; a kind that does not block says so still. */
const blurred = (kind: Occurrence['kind']): Occurrence['kind'] => (kind === 'busy' ? 'unknown' : kind)

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A word we do not know counts as private, as in RFC 5545 §3.8.1.3. */
const isPrivate = (sensitivity: unknown): boolean =>
  sensitivity !== undefined &&
  sensitivity !== null &&
  sensitivity !== 'normal' &&
  word(sensitivity) !== 'normal'

// Most titles have nothing to clean, and to see that costs a tenth of cleaning them (B25).
const UNCLEAN = /[\p{Cc}\u2028\u2029\ud800-\udfff]/u
function titleIn(subject: unknown): string | null {
  const text = textIn(subject)
  const clean = UNCLEAN.test(text) || text.length > LONGEST_TITLE ? cleaned(text) : text.trim()
  return clean === '' ? null : clean
}
const cleaned = (text: string): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_TITLE)
    .toWellFormed()

type People = { attendees: string[]; declined: string[]; accepted: string[] }
const NOBODY: People = { attendees: [], declined: [], accepted: [] }

function peopleOf(item: Raw): People {
  const { organizer, attendees } = item
  const all: string[] = []
  const declined: string[] = []
  const accepted: string[] = []
  const first = isRaw(organizer) ? addressIn(organizer['emailAddress']) : null
  if (first !== null) all.push(first)
  if (Array.isArray(attendees))
    for (const each of attendees as unknown[]) {
      const address = isRaw(each) ? addressIn(each['emailAddress']) : null
      if (address === null || all.includes(address)) continue
      if (all.push(address) >= MOST_ATTENDEES) break
      const answer = answerIn((each as Raw)['status'])
      if (answer === 'declined') declined.push(address)
      else if (answer === 'accepted') accepted.push(address)
    }
  return { attendees: all, declined, accepted }
}

function addressIn(emailAddress: unknown): string | null {
  const address = isRaw(emailAddress) ? textIn(emailAddress['address']) : ''
  return address.includes('@') && address.length <= LONGEST_ADDRESS ? address.trim().toLowerCase() : null
}
