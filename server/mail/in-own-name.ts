import { headerText, NAME_LENGTH } from './plain.ts'

type Person = { name: string; email: string }

const CRLF = '\r\n'
const FROM = /^From:.*(?:\r\n[ \t].*)*\r\n/im
const REPLY_TO = /^Reply-To:.*(?:\r\n[ \t].*)*\r\n/im

/**
 * The same message as its sender's own: their name and address stand where the server's stood, and answers need no other address.
 * It is written for the server and changed only on the way out, since nobody knows before which of the two will carry it.
 */
export function inOwnName(source: Buffer, person: Person): Buffer {
  const end = source.indexOf(CRLF + CRLF)
  if (end < 0) throw new Error('a letter without a head')
  const head = source.toString('latin1', 0, end + 2)
  const own = head.replace(REPLY_TO, '').replace(FROM, () => `From: ${mailbox(person)}${CRLF}`)
  return Buffer.concat([Buffer.from(own, 'latin1'), source.subarray(end + 2)])
}

/** RFC 5322 §3.4; what is not plain ASCII as encoded words of at most 75 characters (RFC 2047 §2). */
function mailbox({ name, email }: Person): string {
  const shown = headerText(name).slice(0, NAME_LENGTH).toWellFormed().trim()
  if (shown === '') return email
  if (/^[\x20-\x7e]*$/.test(shown)) return `"${shown.replace(/["\\]/g, '\\$&')}" <${email}>`
  const words: string[] = []
  let word = ''
  for (const letter of shown) {
    // 45 bytes become 60 characters, and the frame around them takes twelve.
    if (Buffer.byteLength(word + letter) > 45) {
      words.push(word)
      word = ''
    }
    word += letter
  }
  const encoded = [...words, word].map((one) => `=?UTF-8?B?${Buffer.from(one).toString('base64')}?=`)
  return `${encoded.join(`${CRLF} `)} <${email}>`
}
