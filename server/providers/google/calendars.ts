import { zone } from '#core/time/zone.ts'
import { Unreachable } from '../provider.ts'
import type { RemoteCalendar, Session } from '../provider.ts'
import { ask, isRaw, read } from './ask.ts'
import type { Raw } from './ask.ts'

const MOST_PAGES = 20
const LONGEST_NAME = 200

/** The calendars in the account's list, but for those its owner has hidden there. */
export async function listCalendars(session: Session): Promise<RemoteCalendar[]> {
  const calendars: RemoteCalendar[] = []
  let page: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const answer = await ask(session, session.address, ['users', 'me', 'calendarList'], {
      method: 'GET',
      query: { maxResults: '250', pageToken: page },
    })
    const { kind, items = [], nextPageToken } = read(answer)
    if (kind !== 'calendar#calendarList' || !Array.isArray(items))
      throw new Unreachable(
        `${answer.host} answered with something that is no list of calendars`,
        'bad-answer',
      )
    calendars.push(...(items as unknown[]).flatMap(remoteCalendar))
    if (typeof nextPageToken !== 'string' || nextPageToken === '') return calendars
    page = nextPageToken
  }
  throw new Unreachable('the list of calendars does not end', 'bad-answer')
}

function remoteCalendar(entry: unknown): RemoteCalendar[] {
  if (!isRaw(entry) || entry['hidden'] === true || entry['deleted'] === true) return []
  const { id, accessRole, timeZone, backgroundColor } = entry
  if (typeof id !== 'string' || id === '' || accessRole === 'none') return []
  return [
    {
      remoteId: id,
      name: nameOf(entry) || id,
      color:
        typeof backgroundColor === 'string' && /^#[0-9a-f]{6}$/i.test(backgroundColor)
          ? backgroundColor.toLowerCase()
          : null,
      zone: typeof timeZone === 'string' ? zone(timeZone) : null,
      writable: accessRole === 'owner' || accessRole === 'writer',
      primary: entry['primary'] === true,
      conference: makesMeet(entry) ? 'meet' : null,
    },
  ]
}

/** The name its owner gave it outweighs the one it came with. */
const nameOf = ({ summaryOverride, summary }: Raw): string =>
  [summaryOverride, summary]
    .find((name) => typeof name === 'string' && name.trim() !== '')
    ?.toString()
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_NAME) ?? ''

function makesMeet({ conferenceProperties: properties }: Raw): boolean {
  const allowed = isRaw(properties) ? properties['allowedConferenceSolutionTypes'] : undefined
  return Array.isArray(allowed) && allowed.includes('hangoutsMeet')
}
