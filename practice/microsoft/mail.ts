import type { z } from 'zod'
import { GraphError, type Call, type Reply } from './call.ts'
import type { sendMail } from './schema.ts'

/** learn.microsoft.com/graph/api/user-sendmail: JSON, or the whole message as base64 in a text/plain body. */
export function send(call: Call): Reply {
  if (call.mime !== null) return sendMime(call, call.mime)
  const body = call.body as z.infer<typeof sendMail>
  const message = body.message ?? body.Message
  const to = [
    ...(message?.toRecipients ?? []),
    ...(message?.ccRecipients ?? []),
    ...(message?.bccRecipients ?? []),
  ].map((one) => one.emailAddress.address ?? '')
  if (!message || to.length === 0 || to.some((address) => !/^[^@\s]+@[^@\s]+$/.test(address)))
    throw new GraphError(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.')
  if (
    message.from?.emailAddress.address &&
    message.from.emailAddress.address.toLowerCase() !== call.person.email.toLowerCase()
  )
    throw new GraphError(
      403,
      'ErrorSendAsDenied',
      'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.',
    )
  call.store.addMail({
    kind: 'message',
    from: call.person.email,
    to,
    subject: message.subject ?? '',
    body: message.body?.content ?? '',
    uid: null,
    inSentItems: body.saveToSentItems ?? body.SaveToSentItems ?? true,
  })
  return { status: 202 }
}

function sendMime(call: Call, text: string): Reply {
  // learn.microsoft.com/graph/outlook-send-mime-message
  if (!/^[A-Za-z0-9+/\r\n]+={0,2}\s*$/.test(text))
    throw new GraphError(
      400,
      'ErrorMimeContentInvalidBase64String',
      'Invalid base64 string for MIME content.',
    )
  const mime = Buffer.from(text, 'base64').toString('utf8')
  const head = mime.split(/\r?\n\r?\n/)[0]!.replace(/\r?\n[ \t]+/g, ' ')
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
  const to = [field('To'), field('Cc'), field('Bcc')].join(',').match(/[^\s<>,;"]+@[^\s<>,;"]+/g) ?? []
  const from = /[^\s<>,;"]+@[^\s<>,;"]+/.exec(field('From'))?.[0]
  if (!field('From') && !field('To'))
    throw new GraphError(400, 'ErrorMimeContentInvalid', 'The MIME content is not valid.')
  if (to.length === 0)
    throw new GraphError(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.')
  if (from && from.toLowerCase() !== call.person.email.toLowerCase())
    throw new GraphError(
      403,
      'ErrorSendAsDenied',
      'The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.',
    )
  call.store.addMail({
    kind: 'message',
    from: call.person.email,
    to,
    subject: field('Subject'),
    body: mime.slice(head.length),
    mime,
    uid: null,
  })
  return { status: 202 }
}
