import { expect, test } from 'vitest'
import { signedIn } from '#server/accounts/gate.ts'
import { aColleague, aHouse, signedInAs } from '#tests/house.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { composeLetter } from './compose.ts'
import type { OpenedLetter, OutboxLetter } from './model.ts'
import { lettersOf } from './outbox.ts'
import { queueLetter } from './queue.ts'
import { routes } from './routes.ts'

async function anOffice() {
  const { deps } = await freshDatabase()
  const admin = await aWorkspace(deps)
  const luca = await aColleague(deps, admin.workspaceId)
  const house = aHouse(deps, routes(signedIn()))
  const write = (more: Partial<Parameters<typeof queueLetter>[2]> & { body?: string }) =>
    deps.db.inWorkspace(admin.workspaceId, (tx) =>
      queueLetter(deps, tx, {
        workspaceId: admin.workspaceId, kind: 'invite', to: { name: 'Nina', email: 'nina@example.test' }, replyTo: { name: 'Giulia', email: admin.email }, subject: 'Confermato: è così',
        ...composeLetter('it', { preheader: '', heading: 'Ci vediamo', lines: [more.body ?? 'Però'], facts: [], actions: [{ label: 'Sposta', url: 'https://meet.example.test/b/T/move' }], footer: 'fine' }),
        calendar: { method: 'REQUEST', content: 'BEGIN:VCALENDAR\r\nSUMMARY:però\r\nEND:VCALENDAR\r\n' }, messageId: crypto.randomUUID(), ...more,
      }),
    )
  return { deps, admin, luca, house, write, boss: await signedInAs(deps, house, admin), colleague: await signedInAs(deps, house, luca) }
}
const kinds = (answer: { body: { letters: OutboxLetter[] } }) => answer.body.letters.map(({ kind }) => kind).sort()

test('the practice mailbox shows a letter as it looks, as text, with its invitation and headers', async () => {
  const { boss, write } = await anOffice()
  const { letterId } = await write({})
  const { body } = await boss.get<{ letters: OutboxLetter[] }>('/outbox')
  expect(body.letters).toEqual([{ id: letterId, kind: 'invite', recipient: 'nina@example.test', subject: 'Confermato: è così', state: 'practice', trouble: null, createdAt: expect.any(Number) }])
  const { body: opened } = await boss.get<OpenedLetter>(`/outbox/${letterId}`)
  expect(opened.text).toContain('Però')
  expect(opened.html).toContain('<h1')
  expect(opened.ics).toBe('BEGIN:VCALENDAR\r\nSUMMARY:però\r\nEND:VCALENDAR\r\n')
  expect(Object.fromEntries(opened.headers.map(({ name, value }) => [name, value]))).toMatchObject({ 'To': 'Nina <nina@example.test>', 'Subject': 'Confermato: è così', 'Auto-Submitted': 'auto-generated' })
})

test('I20 a letter is shown in a box of its own: no script, no picture, no way into our origin', async () => {
  const { house, write, boss } = await anOffice()
  const { letterId } = await write({ body: '<script>alert(1)</script>' })
  const response = await house.request(`/api/v1/outbox/${letterId}/html`, { headers: { cookie: `ritrovo=${boss.jar.get('ritrovo')}` } })
  expect(response.status).toBe(200)
  const policy = response.headers.get('content-security-policy')!
  expect(policy).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; /)
  expect(policy).toContain('sandbox allow-popups allow-popups-to-escape-sandbox')
  expect(policy).toContain("frame-ancestors 'self'")
  expect(policy).not.toMatch(/script-src|allow-scripts|allow-same-origin|img-src/)
  const html = await response.text()
  expect(html).toContain('<base target="_blank">')
  expect(html).not.toContain('<script>')
})

test('people see their own letters, who runs the workspace sees all, and a key to an account only who sent it', async () => {
  const { boss, colleague, luca, admin, write } = await anOffice()
  await write({ kind: 'from-giulia' })
  await write({ kind: 'from-luca', replyTo: { name: 'Luca', email: luca.email.toUpperCase().replace('EXAMPLE.TEST', 'example.test') } })
  await write({ kind: 'to-luca', to: { name: 'Luca', email: luca.email } })
  await write({ kind: 'team-invitation', to: { name: '', email: 'new@example.test' }, replyTo: { name: 'Luca', email: luca.email } })
  expect(kinds(await boss.get('/outbox'))).toEqual(['from-giulia', 'from-luca', 'to-luca'])
  expect(kinds(await colleague.get('/outbox'))).toEqual(['from-luca', 'team-invitation', 'to-luca'])
  expect(admin.email).not.toBe(luca.email)
})

test('F09 a letter is not there for strangers, colleagues without a share in it, and other workspaces', async () => {
  const { deps, house, colleague, write } = await anOffice()
  const { letterId } = await write({})
  const other = await signedInAs(deps, house, await aWorkspace(deps))
  for (const path of [`/outbox/${letterId}`, `/outbox/${letterId}/html`]) {
    expect((await house.request(`/api/v1${path}`)).status).toBe(401)
    for (const browser of [colleague, other]) expect(await browser.get(path)).toMatchObject({ status: 404, body: { code: 'not-found' } })
  }
  expect((await house.request('/api/v1/outbox')).status).toBe(401)
  expect(kinds(await other.get('/outbox'))).toEqual([])
  expect((await other.get('/outbox/not-an-id')).status).toBe(400)
  expect((await other.get('/outbox/not-an-id/html')).status).toBe(404)
})

test('what became of the letters of an effect is found by the effect', async () => {
  const { deps, admin, write } = await anOffice()
  const effectId = crypto.randomUUID()
  const { letterId } = await write({ effectId })
  await write({})
  expect(await deps.db.inWorkspace(admin.workspaceId, (tx) => lettersOf(tx, [effectId]))).toEqual([{ effectId, letterId, kind: 'invite', state: 'practice', trouble: null, to: 'nina@example.test', at: expect.any(Number) }])
})

test('G05 a letter to something that is not one plain address, or under a strange message id, is refused', async () => {
  const { write } = await anOffice()
  for (const email of ['a@evil.com,b@good.com', '"a@evil.com"@good.com', 'a@good.com\r\nBcc: b@evil.com', '']) {
    await expect(write({ to: { name: 'x', email } })).rejects.toThrow('one plain address')
    await expect(write({ replyTo: { name: 'x', email } })).rejects.toThrow('one plain address')
  }
  for (const messageId of ['', 'a b', 'a@b', 'a>\r\nBcc: x', 'x'.repeat(201)]) await expect(write({ messageId })).rejects.toThrow('message id')
})
