import type { SendMail } from '../provider.ts'
import { ask, isOk, isRaw } from './ask.ts'
import { faultOf } from './faults.ts'

/**
 * Gmail's `messages.send`, at the address of its API, which is not the calendar's. Whatever a good answer holds, the message is
 * on its way: an answer that cannot be read must not have it sent twice.
 */
export const sendGmail =
  (gmailApi: string): SendMail =>
  async (session, message) => {
    const raw = Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString('base64url')
    const answer = await ask(session, gmailApi, ['users', 'me', 'messages', 'send'], {
      method: 'POST',
      body: { raw },
    })
    if (!isOk(answer)) throw faultOf(answer)
    return { id: idIn(answer.text) }
  }

function idIn(text: string): string | null {
  try {
    const sent: unknown = JSON.parse(text)
    return isRaw(sent) && typeof sent['id'] === 'string' ? sent['id'] : null
  } catch {
    return null
  }
}
