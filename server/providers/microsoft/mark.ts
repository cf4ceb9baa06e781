import { isRaw } from './ask.ts'
import type { Raw } from './ask.ts'

/**
 * Our private mark on an event: the UID it was written under. A named property, which Outlook carries along
 * wherever the event goes.
 */
export const MARK = 'String {8d3c1c0e-3f0a-4d57-9f3e-5a1f2c7b9e11} Name ritrovo'
/** Fingerprints of the words we wrote, so that an update knows which of them the host has since rewritten. */
export const WROTE = 'String {8d3c1c0e-3f0a-4d57-9f3e-5a1f2c7b9e11} Name ritrovo-wrote'

export const WITH_MARKS = `singleValueExtendedProperties($filter=id eq '${MARK}' or id eq '${WROTE}')`

export const markedWith = (uid: string): string =>
  `singleValueExtendedProperties/Any(ep: ep/id eq '${MARK}' and ep/value eq '${uid.replaceAll("'", "''")}')`

/**
 * The value of one of our properties, asked for by `WITH_MARKS`; names come back in whatever case the service
 * likes.
 */
export function markIn(item: Raw, name: string): string | null {
  const list = item['singleValueExtendedProperties']
  if (!Array.isArray(list)) return null
  for (const each of list)
    if (isRaw(each) && typeof each['id'] === 'string' && each['id'].toLowerCase() === name.toLowerCase())
      return typeof each['value'] === 'string' ? each['value'] : null
  return null
}

const OURS = 'ritrovo:'

/**
 * Makes a repeated create one create, and says whose event it is where our property cannot be asked for: a delta
 * takes no `$expand`. Any text will do (DavMail keeps its UIDs there); it is fixed for the life of the event, and
 * Outlook copies it with the event.
 */
export const transactionId = (uid: string): string => `${OURS}${uid}`

export const uidIn = (transaction: unknown): string | null =>
  typeof transaction === 'string' && transaction.startsWith(OURS) ? transaction.slice(OURS.length) : null

/**
 * Outlook on the web and on the phone name their own creates `localevent:…`, on the Mac `{GUID}`; what else names
 * one is a program.
 */
export const byProgram = (transaction: unknown): boolean =>
  typeof transaction === 'string' &&
  transaction !== '' &&
  !/^(localevent:|\{[0-9a-f-]{36}\}$)/i.test(transaction)
