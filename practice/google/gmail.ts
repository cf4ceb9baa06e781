import { randomBytes } from 'node:crypto'
import type { Call } from './call.ts'
import { Refusal } from './refusal.ts'
import type { Reply } from './reply.ts'

const refused = (message: string): Refusal => new Refusal(400, 'invalidArgument', message)

/** The headers of a message (RFC 5322 §2.2), folds undone, last one wins; names in lower case. */
function headersOf(raw: string): Map<string, string> {
  const head = raw.split(/\r?\n\r?\n/, 1)[0]!.replaceAll(/\r?\n[ \t]+/g, ' ')
  return new Map(
    head
      .split(/\r?\n/)
      .map((line) => [
        line.slice(0, line.indexOf(':')).trim().toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  )
}

const addresses = (value: string | undefined): string[] =>
  [...(value ?? '').matchAll(/[^\s<>,;:"]+@[^\s<>,;:"]+/g)].map((match) => match[0].toLowerCase())

/** developers.google.com/workspace/gmail/api/guides/sending: the whole message, base64url, in `raw`. */
export function sendMessage({ store, user, params, body }: Call): Reply {
  if (params['userId'] !== 'me' && params['userId'] !== user.email)
    throw new Refusal(403, 'forbidden', `Delegation denied for ${user.email}`)
  const { raw, threadId } = body as { raw?: string; threadId?: string }
  if (raw === undefined)
    throw refused("'raw' RFC822 payload message string or uploading message via /upload/* URL required")
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(raw))
    throw refused('Invalid value at ‘message.raw’: Base64 decoding failed')
  const text = Buffer.from(raw, 'base64url').toString('utf8')
  const headers = headersOf(text)
  const to = [...new Set(['to', 'cc', 'bcc'].flatMap((name) => addresses(headers.get(name))))]
  if (to.length === 0) throw refused('Recipient address required')
  const id = randomBytes(8).toString('hex')
  const message = {
    id,
    threadId: threadId ?? id,
    user: user.email,
    from: headers.get('from') ?? user.email,
    to,
    subject: headers.get('subject') ?? '',
    raw: text,
    at: store.now(),
  }
  store.messages.push(message)
  store.save()
  return { status: 200, body: { id, threadId: message.threadId, labelIds: ['SENT'] } }
}
