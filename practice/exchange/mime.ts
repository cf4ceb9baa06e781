import type { Item } from './model.ts'
import { Refused } from './reply.ts'

const addresses = (text: string): string[] =>
  (text.match(/<[^<>]+>|[^\s,;<>"]+@[^\s,;<>"]+/g) ?? [])
    .map((one) => one.replace(/[<>]/g, ''))
    .filter((one) => one.includes('@'))

/** RFC 2047, as far as a subject needs it. */
const words = (text: string): string =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, coded: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(coded, 'base64').toString('utf8')
        : Buffer.from(
            coded
              .replaceAll('_', ' ')
              .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
            'latin1',
          ).toString('utf8'),
    )

/** What a whole message says of itself in its head (RFC 5322); the mailbox's own address stands where it says nothing. */
export function readMime(
  base64: string,
  before: NonNullable<Item['mail']>,
): Pick<Item, 'subject' | 'body' | 'mail'> {
  const mime = Buffer.from(base64, 'base64').toString('utf8')
  const split = mime.search(/\r?\n\r?\n/)
  if (split < 0) throw new Refused('ErrorMimeContentInvalid')
  const head = mime.slice(0, split).replace(/\r?\n[ \t]+/g, ' ')
  const header = (name: string): string =>
    new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
  const to = addresses(header('To'))
  const cc = [...addresses(header('Cc')), ...addresses(header('Bcc'))]
  return {
    subject: words(header('Subject')),
    body: { type: 'Text', text: mime.slice(split).trim() },
    mail: {
      ...before,
      from: addresses(header('From'))[0] ?? before.from,
      to: to.length > 0 ? to : before.to,
      cc: cc.length > 0 ? cc : before.cc,
      internetId: header('Message-ID') || before.internetId,
      mime,
    },
  }
}
