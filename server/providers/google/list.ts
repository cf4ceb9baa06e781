import { zone as zoneNamed } from '#core/time/zone.ts'
import { Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { ask, read } from './ask.ts'
import type { Answer } from './ask.ts'
import { FIELDS } from './read.ts'
import type { Reading } from './times.ts'

/** One page of `events.list`, as far as it is everybody's. */
export type Listed = {
  items: readonly unknown[]
  zone: Reading['zone']
  nextPage: string | null
  nextSync: string | null
}

const SELECTED = `kind,timeZone,nextPageToken,nextSyncToken,items(${FIELDS})`

/** Asks for a page of events, each instance of a series by itself. Any status is an answer. */
export const askList = (
  session: Session,
  calendar: string,
  query: Record<string, string | undefined>,
): Promise<Answer> =>
  ask(session, session.address, ['calendars', calendar, 'events'], {
    method: 'GET',
    query: { singleEvents: 'true', fields: SELECTED, ...query },
  })

/** What a good answer lists; anything that is no list of events is a fault, never an empty calendar (C07). */
export function readList(answer: Answer, session: Session): Listed {
  const { kind, items = [], timeZone, nextPageToken, nextSyncToken } = read(answer)
  if (kind !== 'calendar#events' || !Array.isArray(items))
    throw new Unreachable(`${answer.host} answered with something that is no list of events`, 'bad-answer')
  return {
    items: items as unknown[],
    // Dates are days of the calendar's own zone.
    zone: (typeof timeZone === 'string' ? zoneNamed(timeZone) : null) ?? session.zone,
    nextPage: token(nextPageToken),
    nextSync: token(nextSyncToken),
  }
}

const token = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** RFC 3339, as `timeMin` and `timeMax` want it. */
export const timeText = (instant: number): string => new Date(instant).toISOString()
