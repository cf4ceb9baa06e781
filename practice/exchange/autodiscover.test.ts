import { afterEach, beforeEach, expect, test } from 'vitest'
import { basic } from './judge.ts'
import { startPracticeExchange, type PracticeExchange } from './server.ts'
import { child, readXml, textOf } from './xml.ts'

// [MS-OXDSCLI]: plain old XML, asked with a password, and one step without.
const GIULIA = 'giulia@studio.example'
const REQUEST = (email = GIULIA) =>
  `<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>${email}</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>`
let practice: PracticeExchange

beforeEach(async () => {
  practice = await startPracticeExchange()
  practice.store.addUser({ email: GIULIA, name: 'Giulia Riva' })
})
afterEach(() => practice.stop())

async function post(body = REQUEST(), authorization = basic(GIULIA)) {
  const answer = await fetch(practice.autodiscoverUrl, {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/xml' },
    body,
  })
  const text = await answer.text()
  return {
    status: answer.status,
    text,
    response: text.startsWith('<?xml') ? child(readXml(text), 'Response') : undefined,
  }
}

test('settings name the address of EWS for each protocol that has one', async () => {
  const { status, response } = await post()
  const account = child(response, 'Account')!
  const protocols = account.children
    .filter(({ name }) => name === 'Protocol')
    .map((one) => [textOf(one, 'Type'), textOf(one, 'EwsUrl')])
  expect([status, textOf(account, 'Action'), protocols]).toEqual([
    200,
    'settings',
    [
      ['EXCH', practice.ewsUrl],
      ['EXPR', practice.ewsUrl],
      ['WEB', undefined],
    ],
  ])
})

test('redirects, refusals and silence are told as they are set', async () => {
  practice.store.autodiscover = { kind: 'redirectAddr', address: 'giulia@other.example' }
  expect(textOf(child((await post()).response, 'Account'), 'RedirectAddr')).toBe('giulia@other.example')
  practice.store.autodiscover = {
    kind: 'redirectUrl',
    url: 'https://other.example/autodiscover/autodiscover.xml',
  }
  expect(textOf(child((await post()).response, 'Account'), 'RedirectUrl')).toBe(
    'https://other.example/autodiscover/autodiscover.xml',
  )
  practice.store.autodiscover = { kind: 'error', code: 601 }
  expect(textOf(child((await post()).response, 'Error'), 'ErrorCode')).toBe('601')
  practice.store.autodiscover = { kind: 'nothing' }
  expect((await post()).status).toBe(404)
})

test('a stranger’s address is not known, what is no request is invalid, and nobody is heard without a password', async () => {
  expect(textOf(child((await post(REQUEST('anna@studio.example'))).response, 'Error'), 'ErrorCode')).toBe(
    '500',
  )
  expect(textOf(child((await post('<Autodiscover/>')).response, 'Error'), 'ErrorCode')).toBe('600')
  expect((await post(REQUEST(), basic(GIULIA, 'wrong'))).status).toBe(401)
})

test('the step without a password only redirects; a mailbox in the cloud points there', async () => {
  const get = () => fetch(`${practice.plainUrl}/autodiscover/autodiscover.xml`, { redirect: 'manual' })
  expect((await get()).status).toBe(404)
  practice.store.httpRedirect = 'https://mail.other.example/autodiscover/autodiscover.xml'
  const answer = await get()
  expect([answer.status, answer.headers.get('location')]).toEqual([
    302,
    'https://mail.other.example/autodiscover/autodiscover.xml',
  ])
  practice.store.person(GIULIA).mailbox = 'cloud'
  expect(textOf(child((await post()).response, 'Account'), 'RedirectAddr')).toBe(
    'giulia@practice.mail.onmicrosoft.com',
  )
})
