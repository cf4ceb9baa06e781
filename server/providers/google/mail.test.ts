import { expect, test } from 'vitest'
import { inTurn } from '#tests/counterparts/scripted-fetch.ts'
import type { Session } from '../provider.ts'
import { sendGmail } from './mail.ts'

const session = (fetching: typeof fetch): Session => ({
  address: 'https://calendar.test/v3',
  user: '',
  secret: '',
  fetch: fetching,
  zone: 'UTC',
})

test('a message goes to Gmail byte by byte, and its id comes back', async () => {
  const line = inTurn({ body: { id: 'm1', threadId: 't1', labelIds: ['SENT'] } })
  const whole = Buffer.from('xxSubject: Grüße\r\n\r\n\0\xff?>~', 'latin1')
  expect(await sendGmail('https://gmail.test/gmail/v1')(session(line.fetch), whole.subarray(2))).toEqual({
    id: 'm1',
  })
  const { method, url, body } = line.sent[0]!
  expect([method, url.href]).toEqual(['POST', 'https://gmail.test/gmail/v1/users/me/messages/send'])
  expect(Object.keys(body)).toEqual(['raw'])
  expect(body['raw']).toMatch(/^[A-Za-z0-9_-]+$/)
  expect(Buffer.from(String(body['raw']), 'base64url').equals(whole.subarray(2))).toBe(true)
})

test('C31 a good answer that cannot be read is a letter sent, never one to send again', async () => {
  for (const body of ['', '<html>', '[]', '{"id":5}'])
    expect(await sendGmail('https://gmail.test')(session(inTurn({ body }).fetch), new Uint8Array())).toEqual({
      id: null,
    })
})
