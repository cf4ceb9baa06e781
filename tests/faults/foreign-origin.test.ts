import { expect, test } from 'vitest'
import { accounts } from '#server/accounts/routes.ts'
import { publicAccounts } from '#server/accounts/public-routes.ts'
import type { Me } from '#server/accounts/model.ts'
import { contacts } from '#server/contacts/routes.ts'
import { aWorkspace, freshDatabase } from '../database.ts'
import { aHouse, signedInAs } from '../house.ts'

async function begin() {
  const { deps } = await freshDatabase({ RITROVO_URL: 'https://meet.example.test' })
  const admin = await aWorkspace(deps)
  const house = aHouse(deps, publicAccounts, accounts, contacts)
  const session = (await signedInAs(deps, house, admin)).jar.get('ritrovo')!
  const name = async () =>
    (
      await deps.db.inWorkspace(admin.workspaceId, (tx) =>
        tx.prepared<{ name: string }>('', 'select name from users', []),
      )
    )[0]!.name
  const send = (
    headers: Record<string, string>,
    init: { method?: string; body?: string; path?: string } = {},
  ) =>
    house.request(`/api/v1${init.path ?? '/me'}`, {
      method: init.method ?? 'PATCH',
      headers: { cookie: `__Host-ritrovo=${session}`, 'content-type': 'application/json', ...headers },
      ...(init.method === 'GET' ? {} : { body: init.body ?? '{"name":"Changed"}' }),
    })
  return { send, name }
}

const FOREIGN: Record<string, Record<string, string>> = {
  'another site': { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' },
  'another site, without its origin': { 'sec-fetch-site': 'cross-site' },
  'a neighbouring subdomain': { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.test' },
  'an old browser on another site': { origin: 'https://evil.test' },
  'an origin that only begins like ours': { origin: 'https://meet.example.test.evil.test' },
  'another port': { origin: 'https://meet.example.test:8443' },
  'a sandboxed frame': { origin: 'null', 'sec-fetch-site': 'cross-site' },
  'a sandboxed frame of an old browser': { origin: 'null' },
  'a host header of its choice': { origin: 'https://evil.test', host: 'evil.test' },
  'nowhere in particular': {},
}

test('F14 only our own pages change anything', async () => {
  const { send, name } = await begin()
  for (const [from, headers] of Object.entries(FOREIGN)) {
    const answer = await send(headers)
    expect([answer.status, ((await answer.json()) as { code: string }).code], from).toEqual([
      403,
      'foreign-origin',
    ])
  }
  expect(await name()).toBe('Giulia Ferri')
  for (const headers of [
    { 'sec-fetch-site': 'same-origin', origin: 'https://meet.example.test' },
    { origin: 'https://meet.example.test' },
    { 'x-ritrovo': '1' },
  ] as Record<string, string>[])
    expect((await send(headers)).status, JSON.stringify(headers)).toBe(200)
})

test('F14 a form cannot dress its text as JSON, and a GET carries no orders', async () => {
  const { send, name } = await begin()
  const ours = { 'sec-fetch-site': 'same-origin' }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
    expect((await send({ ...ours, 'content-type': type })).status, type).toBe(415)
  for (const path of ['/me?name=Changed', '/me?_method=PATCH&name=Changed']) {
    const answer = await send(
      { 'sec-fetch-site': 'cross-site', 'x-http-method-override': 'PATCH' },
      { method: 'GET', path },
    )
    expect([answer.status, ((await answer.json()) as Me).user.name]).toEqual([200, 'Giulia Ferri'])
  }
  expect((await send({ ...ours, 'x-http-method-override': 'PATCH' }, { method: 'POST' })).status).toBe(404)
  expect(
    (await send({ 'sec-fetch-site': 'cross-site' }, { method: 'GET', path: '/sessions/current' })).status,
  ).toBe(404)
  expect(await name()).toBe('Giulia Ferri')
})
