import { find, unescapeText } from './content.ts'
import type { Component } from './content.ts'
import { encodeText, encodeUri } from './encode.ts'

export type Words = { title: string; description: string; location: string; url: string | null }

/** What the host may rewrite in their own calendar, by property. An empty text is left out. */
export function wordsOf({ title, description, location, url }: Words): [name: string, value: string][] {
  return [
    ['SUMMARY', encodeText(title)],
    ['DESCRIPTION', encodeText(description)],
    ['LOCATION', encodeText(location)],
    ['URL', url === null ? '' : encodeUri(url)],
  ]
}

const MARK = 'X-RITROVO-WROTE'

/** Fingerprints of the words we wrote, kept in the event itself, so that an update knows which of them the host has since rewritten. */
export const writeMark = (words: Words): string =>
  markLine(wordsOf(words).map(([, value]) => fingerprint(value)))

export const markLine = (fingerprints: readonly string[]): string => `${MARK}:${fingerprints.join('-')}`

/** In the order of `wordsOf`; empty when the event carries no mark. */
export function readMark(event: Component): string[] {
  const found = find(event, MARK)
  return found ? found.value.trim().split('-') : []
}

/** Two FNV-1a hashes side by side: a server that re-escapes or trims a text has not changed it, everything else has. */
export function fingerprint(value: string): string {
  let low = 0x811c9dc5
  let high = 0x1000193
  for (const character of unescapeText(value).replace(/\s+/g, ' ').trim()) {
    low = Math.imul(low ^ character.codePointAt(0)!, 0x01000193)
    high = Math.imul(high ^ character.codePointAt(0)!, 0x85ebca6b)
  }
  return `${(low >>> 0).toString(36)}${(high >>> 0).toString(36)}`
}
