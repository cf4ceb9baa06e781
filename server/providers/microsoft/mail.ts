import type { SendMail } from '../provider.ts'
import { ask, at, isOk } from './ask.ts'
import { faultOf } from './faults.ts'

/** The message as it is, in MIME (user: sendMail). Exchange keeps a copy under Sent Items and tells no id. */
export const sendGraphMail: SendMail = async (session, message) => {
  const plain = Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString('base64')
  const answer = await ask(session, at(session, ['me', 'sendMail']), { method: 'POST', plain })
  if (!isOk(answer)) throw faultOf(answer)
  return { id: null }
}
