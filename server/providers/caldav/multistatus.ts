import { child, children, parseXml, textIn } from './xml.ts'
import type { Element } from './xml.ts'

/** One `<response>` of a multistatus (RFC 4918 §14.24): `status` where it speaks for the whole resource, else its found properties. */
export type DavResponse = { href: string; status: number | null; found: Element[] }

export type Multistatus = { responses: DavResponse[]; syncToken: string | null }

/** Null when the text is no multistatus. */
export function readMultistatus(xml: string): Multistatus | null {
  const root = parseXml(xml)
  if (root?.tag !== 'dav:multistatus') return null
  return {
    responses: children(root, 'dav:response').flatMap(readResponse),
    syncToken: textIn(child(root, 'dav:sync-token')),
  }
}

function readResponse(response: Element): DavResponse[] {
  const own = child(response, 'dav:status')
  const status = own ? statusIn(own) : null
  const found = children(response, 'dav:propstat')
    .filter((propstat) => isOk(statusIn(child(propstat, 'dav:status'))))
    .flatMap((propstat) => child(propstat, 'dav:prop')?.children ?? [])
  return children(response, 'dav:href').map((href) => ({ href: href.text.trim(), status, found }))
}

const statusIn = (element: Element | null): number =>
  Number(/\b(\d{3})\b/.exec(element?.text ?? '')?.[1] ?? NaN)
const isOk = (status: number): boolean => status >= 200 && status < 300

export const property = (response: DavResponse, tag: string): Element | null =>
  response.found.find((each) => each.tag === tag) ?? null

/** The conditions an error body names (RFC 4918 §16), such as `dav:valid-sync-token`. */
export function conditionsIn(body: string): string[] {
  if (body.length > 20_000 || !body.includes('error')) return []
  const root = parseXml(body)
  return root?.tag === 'dav:error' ? root.children.map(({ tag }) => tag) : []
}
