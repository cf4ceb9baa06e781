import { afterEach, beforeEach, expect, test } from 'vitest'
import { AUTH, GIULIA, startJudge, type Judge } from './judge.ts'

let judge: Judge
beforeEach(async () => void (judge = await startJudge()))
afterEach(() => judge.stop())

const LETTER = [
  'From: Giulia <giulia@example.test>',
  'To: "Visitor, A" <v@example.test>,',
  ' w@example.test',
  'Bcc: x@example.test',
  'Subject: Grazie',
  '',
  'A presto',
].join('\r\n')
async function send(body: unknown, token = judge.token, user = 'me') {
  const answer = await fetch(`${judge.google.url}/gmail/v1/users/${user}/messages/send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return {
    status: answer.status,
    body: (await answer.json()) as {
      id?: string
      labelIds?: string[]
      error?: { status?: string; errors: { reason: string }[] }
    },
  }
}
const raw = (text: string) => Buffer.from(text).toString('base64url')

test('a whole message goes out under the account and can be read back by a test', async () => {
  const { status, body } = await send({ raw: raw(LETTER) })
  expect([status, body.labelIds]).toEqual([200, ['SENT']])
  expect(judge.google.store.messages).toMatchObject([
    {
      id: body.id,
      user: GIULIA,
      to: ['v@example.test', 'w@example.test', 'x@example.test'],
      subject: 'Grazie',
      raw: LETTER,
    },
  ])
})

test('without gmail.send, without a recipient, without base64url or with a field too many it is refused', async () => {
  const { accessToken } = judge.google.grant(GIULIA, `openid ${AUTH}calendar.events`)
  const reason = async (...args: Parameters<typeof send>) =>
    ((answer) => `${answer.status} ${answer.body.error!.errors[0]!.reason}`)(await send(...args))
  expect(await reason({ raw: raw(LETTER) }, accessToken)).toBe('403 insufficientPermissions')
  expect(await reason({ raw: raw('Subject: x\r\n\r\n') })).toBe('400 invalidArgument')
  expect(await reason({ raw: 'not base64!' })).toBe('400 invalidArgument')
  expect(await reason({})).toBe('400 invalidArgument')
  expect(await reason({ raw: raw(LETTER), to: 'v@example.test' })).toBe('400 invalid')
  expect(await reason({ raw: raw(LETTER) }, judge.token, 'marco@example.test')).toBe('403 forbidden')
  expect(judge.google.store.messages).toEqual([])
})
