import { zoneOf } from '#core/icalendar/vtimezone.ts'
import { namedZone } from '#core/icalendar/zone-alias.ts'
import type { Zone } from '#core/time/model.ts'
import { NotFound, Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { askMany, propfind, resolve } from './dav.ts'
import type { Door } from './dav.ts'
import { hrefIn, isCalendar } from './discover.ts'
import { property } from './multistatus.ts'
import type { DavResponse } from './multistatus.ts'
import { children, textIn } from './xml.ts'

/** What the calendar says of itself; NotFound when it is a calendar no more. */
export async function aboutCalendar(session: Session, calendar: URL): Promise<DavResponse> {
  const asked = propfind(
    'd:resourcetype',
    'd:current-user-principal',
    'cs:getctag',
    'c:calendar-timezone',
    'c:calendar-timezone-id',
  )
  const { responses } = await askMany(session, calendar, { method: 'PROPFIND', depth: '0', body: asked })
  const [about] = responses
  if (!about || !isCalendar(about)) throw new NotFound(`${calendar.host} has no calendar there any more`)
  return about
}

/** The addresses that may have declined. Without them an invitation is busy, so a server that hides them costs nothing but comfort. */
export async function ownersOf(session: Session, calendar: URL, about: DavResponse): Promise<string[]> {
  const own = session.user.includes('@') ? [session.user.toLowerCase()] : []
  const principal = hrefIn(about, 'dav:current-user-principal')
  if (!principal) return own
  try {
    return [...new Set([...own, ...(await addressesOf(session, resolve(principal, calendar)))])]
  } catch (error) {
    if (error instanceof NotFound || (error instanceof Unreachable && error.reason !== 'timeout')) return own
    throw error
  }
}

/** The zone of floating times and whole days: RFC 7809's identifier, else the VTIMEZONE's name. */
export function zoneIn(response: DavResponse): Zone | null {
  const id = textIn(property(response, 'caldav:calendar-timezone-id'))
  const text = property(response, 'caldav:calendar-timezone')?.text ?? ''
  const names = [id, /^TZID[^:\n]*:(.*)$/m.exec(text)?.[1], /^X-LIC-LOCATION[^:\n]*:(.*)$/m.exec(text)?.[1]]
  for (const name of names) {
    const found = name ? (zoneOf(name) ?? namedZone(name)) : null
    if (found !== null) return found
  }
  return null
}

/** The addresses under which the person who asks is invited; empty where the server does not say. */
async function addressesOf(door: Door, principal: URL): Promise<string[]> {
  const { responses } = await askMany(door, principal, {
    method: 'PROPFIND',
    depth: '0',
    body: propfind('c:calendar-user-address-set'),
  })
  const set = responses[0] && property(responses[0], 'caldav:calendar-user-address-set')
  return (set ? children(set, 'dav:href') : [])
    .map(({ text }) => text.trim().toLowerCase())
    .filter((href) => href.startsWith('mailto:'))
    .map((href) => href.slice(7))
}
