import { Unreachable } from '../provider.ts'
import type { RemoteCalendar, Session } from '../provider.ts'
import { zoneIn } from './about.ts'
import { askMany, propfind, resolve } from './dav.ts'
import { discover, isCalendar } from './discover.ts'
import { property } from './multistatus.ts'
import type { DavResponse } from './multistatus.ts'
import { child, children, textIn } from './xml.ts'

const ASKED = propfind(
  'd:resourcetype',
  'd:displayname',
  'd:current-user-privilege-set',
  'c:supported-calendar-component-set',
  'c:calendar-timezone',
  'c:calendar-timezone-id',
  'a:calendar-color',
)
const LONGEST_NAME = 200

/** The calendars that can hold events, from the calendar home or from any address discovery can start at. */
export async function listCalendars(session: Session): Promise<RemoteCalendar[]> {
  const address = new URL(session.address)
  const listed = await listAt(session, address)
  if (listed.length > 0) return listed
  const found = await discover(session, session.address)
  if (found.kind === 'other-host')
    throw new Unreachable('the server points to another host', 'refused-address')
  if (found.kind === 'not-found' || found.address === address.href) return listed
  return listAt(session, new URL(found.address))
}

async function listAt(session: Session, address: URL): Promise<RemoteCalendar[]> {
  const { responses, url } = await askMany(session, address, { method: 'PROPFIND', depth: '1', body: ASKED })
  return responses
    .filter((response) => isCalendar(response) && holdsEvents(response))
    .map((response) => remoteCalendar(response, url))
}

const holdsEvents = (response: DavResponse): boolean => {
  const type = property(response, 'dav:resourcetype')
  if (type?.children.some(({ tag }) => tag.endsWith(':deleted-calendar'))) return false // Nextcloud's bin
  const components = property(response, 'caldav:supported-calendar-component-set')
  return (
    !components || children(components, 'caldav:comp').some(({ name }) => name?.toUpperCase() === 'VEVENT')
  )
}

function remoteCalendar(response: DavResponse, base: URL): RemoteCalendar {
  const path = resolve(response.href, base).pathname
  return {
    remoteId: path,
    name:
      textIn(property(response, 'dav:displayname'))?.replace(/\s+/g, ' ').slice(0, LONGEST_NAME) ||
      lastSegment(path),
    color: colorIn(textIn(property(response, 'apple:calendar-color'))),
    zone: zoneIn(response),
    writable: isWritable(response),
  }
}

function lastSegment(path: string): string {
  const segment = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** Apple's own property: `#RRGGBB` with or without two digits of opacity. */
const colorIn = (text: string | null): string | null =>
  /^#[0-9a-f]{6}/i.exec(text ?? '')?.[0].toLowerCase() ?? null

// RFC 3744 §3: adding an event needs `bind` on the calendar; `write` and `all` hold it. Who says nothing lets us try.
const ENOUGH = ['dav:all', 'dav:write', 'dav:bind']
function isWritable(response: DavResponse): boolean {
  const set = property(response, 'dav:current-user-privilege-set')
  return (
    !set || children(set, 'dav:privilege').some((privilege) => ENOUGH.some((name) => child(privilege, name)))
  )
}
