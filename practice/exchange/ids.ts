import { randomBytes } from 'node:crypto'

let twin: string | null = null

/**
 * An identifier as Exchange makes them: long, base64, and case-sensitive. Every second one differs from the one before in the
 * case of a letter only, so that nobody can do without minding it.
 */
export function newId(): string {
  if (twin !== null) {
    const other = twin
    twin = null
    return other
  }
  const id = `AAMkAD${randomBytes(81).toString('base64')}AAA=`
  const last = /[A-Za-z](?=[^A-Za-z]*AAA=$)/.exec(id)!
  const letter = last[0]
  const turned = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
  twin = id.slice(0, last.index) + turned + id.slice(last.index + 1)
  return id
}
export const changeKey = (): string => `DwAAABYA${randomBytes(18).toString('base64')}`
// [MS-OXOCAL] PidLidGlobalObjectId: byte array id, date of the instance, creation time, eight zeros, size, data.
export const newUid = (): string =>
  `040000008200E00074C5B7101A82E00800000000${randomBytes(8).toString('hex')}000000000000000010000000${randomBytes(16).toString('hex')}`.toUpperCase()

const MARK = 'FRAAgI'
/** An occurrence has an identifier of its own, made from its series' and its date. */
export const occurrenceId = (master: string, date: string): string =>
  `${master.slice(0, -1)}${MARK}${date.replaceAll('-', '')}AAA=`
export function readOccurrenceId(id: string): { master: string; date: string } | null {
  const found = /^(.+)FRAAgI(\d{4})(\d\d)(\d\d)AAA=$/.exec(id)
  return found ? { master: `${found[1]}=`, date: `${found[2]}-${found[3]}-${found[4]}` } : null
}
export const isId = (text: string): boolean => /^AAMk[A-Za-z0-9+/]+=*$/.test(text)
