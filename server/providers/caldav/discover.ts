import { AccessRevoked, Unreachable } from '../provider.ts'
import { askMany, OtherHost, propfind, resolve } from './dav.ts'
import type { Door } from './dav.ts'
import { property } from './multistatus.ts'
import type { DavResponse } from './multistatus.ts'
import { child, children, textIn } from './xml.ts'

export type Discovery =
  /** `address` is where the calendars are (the calendar home), to be kept as the session's address. */
  | { kind: 'found'; address: string }
  /** Another host than the one typed would get the password: the person decides, then discovery starts again from `address`. */
  | { kind: 'other-host'; host: string; address: string }
  | { kind: 'not-found' }

/** The servers a domain names for CalDAV over TLS in DNS (RFC 6764 §3), best first. */
export type LookupSrv = (name: string) => Promise<{ name: string; port: number }[]>

// Large providers whose mail domain says nothing about their calendar host. From their own help pages.
const KNOWN: Readonly<Record<string, string>> = {
  'icloud.com': 'https://caldav.icloud.com/',
  'me.com': 'https://caldav.icloud.com/',
  'mac.com': 'https://caldav.icloud.com/',
  'fastmail.com': 'https://caldav.fastmail.com/',
  'fastmail.fm': 'https://caldav.fastmail.com/',
  'gmx.de': 'https://caldav.gmx.net/',
  'gmx.net': 'https://caldav.gmx.net/',
  'web.de': 'https://caldav.web.de/',
  'mailbox.org': 'https://dav.mailbox.org/',
  'posteo.de': 'https://posteo.de:8443/',
  'yahoo.com': 'https://caldav.calendar.yahoo.com/',
  'zoho.com': 'https://calendar.zoho.com/',
}
// One company's servers under one name: its accounts live on p01-caldav, p02-caldav … and the person never chose which.
const FAMILIES = ['icloud.com']

/** From whatever a person typed (address, host or e-mail) to their calendars. Faults of the world are thrown, the most telling one. */
export async function discover(door: Door, typed: string, lookupSrv?: LookupSrv): Promise<Discovery> {
  const { addresses, stranger } = await candidates(typed.trim(), lookupSrv)
  if (stranger) return { kind: 'other-host', host: stranger.host, address: stranger.href }
  const faults: Error[] = []
  for (const address of addresses) {
    try {
      const home = await homeFrom(door, address)
      if (home) return { kind: 'found', address: home.href }
    } catch (error) {
      if (error instanceof OtherHost) {
        if (inFamily(address, error.address)) return await discover(door, error.address.href)
        return { kind: 'other-host', host: error.address.host, address: error.address.href }
      }
      // The right door and the wrong key: trying other doors would only lock the account.
      if (error instanceof AccessRevoked) throw error
      faults.push(error as Error)
    }
  }
  const telling = mostTelling(faults)
  if (telling) throw telling
  return { kind: 'not-found' }
}

type Candidates = { addresses: URL[]; stranger: URL | null }

async function candidates(typed: string, lookupSrv: LookupSrv | undefined): Promise<Candidates> {
  const at = typed.lastIndexOf('@')
  if (!typed.includes('://') && at > 0) return fromDomain(typed.slice(at + 1).toLowerCase(), lookupSrv)
  const url = URL.parse(typed.includes('://') ? typed : `https://${typed}`)
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') return { addresses: [], stranger: null }
  url.username = ''
  url.password = ''
  url.hash = ''
  const deep = url.pathname !== '/' ? [url] : []
  return { addresses: [...deep, new URL('/.well-known/caldav', url), new URL('/', url)], stranger: null }
}

async function fromDomain(domain: string, lookupSrv: LookupSrv | undefined): Promise<Candidates> {
  const own = URL.parse(`https://${domain}/.well-known/caldav`)
  if (!own || !domain.includes('.')) return { addresses: [], stranger: null }
  const known = KNOWN[domain]
  if (known) return { addresses: [new URL('/.well-known/caldav', known), new URL(known)], stranger: null }
  const [first] = (await lookupSrv?.(`_caldavs._tcp.${domain}`).catch(() => [])) ?? []
  const named = first
    ? URL.parse(`https://${first.name.replace(/\.$/, '')}:${first.port}/.well-known/caldav`)
    : null
  // DNS is not proof of who answers there: only a host inside the mail domain gets the password unasked (RFC 6764 §8).
  if (named && named.hostname !== domain && !named.hostname.endsWith(`.${domain}`))
    return { addresses: [], stranger: named }
  return { addresses: [...(named ? [named] : []), own, new URL(`https://caldav.${domain}/`)], stranger: null }
}

const inFamily = (from: URL, to: URL): boolean =>
  to.protocol === 'https:' &&
  to.port === '' &&
  FAMILIES.some((name) => from.hostname.endsWith(`.${name}`) && to.hostname.endsWith(`.${name}`))

/** RFC 6764 §6: the principal of whoever asks, then that principal's calendar home. Null where nothing leads to one. */
async function homeFrom(door: Door, address: URL): Promise<URL | null> {
  const asked = await askMany(door, address, {
    method: 'PROPFIND',
    depth: '0',
    body: propfind('d:current-user-principal', 'c:calendar-home-set', 'd:resourcetype'),
  })
  const here = asked.responses[0]
  if (!here) return null
  const direct = hrefIn(here, 'caldav:calendar-home-set')
  if (direct) return resolve(direct, asked.url)
  const principal = hrefIn(here, 'dav:current-user-principal')
  if (principal) {
    const home = await homeOf(door, resolve(principal, asked.url))
    if (home) return home
  }
  // A calendar by itself, as shared links are: its own address is all there is.
  return isCalendar(here) ? asked.url : null
}

async function homeOf(door: Door, principal: URL): Promise<URL | null> {
  const { responses, url } = await askMany(door, principal, {
    method: 'PROPFIND',
    depth: '0',
    body: propfind('c:calendar-home-set'),
  })
  const href = responses[0] && hrefIn(responses[0], 'caldav:calendar-home-set')
  return href ? resolve(href, url) : null
}

export function hrefIn(response: DavResponse, tag: string): string | null {
  const found = property(response, tag)
  return found ? textIn(child(found, 'dav:href')) : null
}

export const isCalendar = (response: DavResponse): boolean => {
  const type = property(response, 'dav:resourcetype')
  return type !== null && children(type, 'caldav:calendar').length > 0
}

// What a person can do most about comes first.
const TELLING = [
  'tls',
  'forbidden',
  'refused-address',
  'too-large',
  'server-error',
  'timeout',
  'bad-answer',
  'connect',
  'dns',
  'not-this-protocol',
  'conflict',
]

function mostTelling(faults: Error[]): Error | undefined {
  const rank = (fault: Error): number =>
    fault instanceof Unreachable ? TELLING.indexOf(fault.reason) : TELLING.length
  return faults.toSorted((a, b) => rank(a) - rank(b))[0]
}
