import { XMLParser } from 'fast-xml-parser'

const parser = new XMLParser({ removeNSPrefix: true, ignoreAttributes: false, attributeNamePrefix: '@', processEntities: false, parseTagValue: false })

export type Node = Record<string, unknown>

/** A request body as nested records without prefixes; null for what is not one XML document. */
export function readXml(body: string): Node | null {
  if (body.trim() === '' || /<!DOCTYPE/i.test(body)) return null
  try {
    return parser.parse(body) as Node
  } catch {
    return null
  }
}

export const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!)

const OPEN = '<?xml version="1.0" encoding="utf-8"?>\n<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/" xmlns:a="http://apple.com/ns/ical/">'
export const multistatus = (responses: string[], token?: string): string => `${OPEN}${responses.join('')}${token ? `<d:sync-token>${token}</d:sync-token>` : ''}</d:multistatus>`

/** One resource's answer: what it has, and what it was asked for in vain (RFC 4918 §13). */
export function propstat(href: string, found: Record<string, string>, asked: string[]): string {
  const has = asked.filter((name) => found[name] !== undefined)
  const lacks = asked.filter((name) => found[name] === undefined)
  const tag = (name: string) => `${prefixOf(name)}:${name}`
  return `<d:response><d:href>${escapeXml(href)}</d:href>${
    has.length > 0 ? `<d:propstat><d:prop>${has.map((name) => `<${tag(name)}>${found[name]}</${tag(name)}>`).join('')}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>` : ''
  }${lacks.length > 0 ? `<d:propstat><d:prop>${lacks.map((name) => `<${tag(name)}/>`).join('')}</d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>` : ''}</d:response>`
}

const CALDAV = new Set(['calendar-home-set', 'calendar-data', 'supported-calendar-component-set', 'calendar-timezone', 'calendar-user-address-set'])
const prefixOf = (name: string): string => (CALDAV.has(name) ? 'c' : name === 'getctag' ? 'cs' : name === 'calendar-color' ? 'a' : 'd')

export const gone = (href: string): string => `<d:response><d:href>${escapeXml(href)}</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>`
export const fault = (condition: string): string => `<?xml version="1.0" encoding="utf-8"?>\n<d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><${condition}/></d:error>`

export const list = (value: unknown): Node[] => (Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value]) as Node[]
