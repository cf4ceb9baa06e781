import { createHash } from 'node:crypto'

const ALPHABET = '0123456789abcdefghijklmnopqrstuv' // base32hex (RFC 4648 §7), as event ids must be

/** The id an event of this UID gets, the same in every try; when a stranger's event stands there, the next one. */
export function eventId(uid: string, turn = 0): string {
  const digest = createHash('sha256').update(uid, 'utf8').digest()
  let id = ''
  let held = 0
  let bits = 0
  for (const byte of digest) {
    held = ((held << 8) | byte) & 0xfff
    bits += 8
    for (; bits >= 5; bits -= 5) id += ALPHABET[(held >> (bits - 5)) & 31]
  }
  if (bits > 0) id += ALPHABET[(held << (5 - bits)) & 31]
  return turn === 0 ? id : `${id}${turn}`
}

/** The UID Google gives in iCalendar to an event of that id: with it our letter and the visitor's own Google Calendar know one event. */
export const calendarUid = (uid: string): string => `${eventId(uid)}@google.com`
