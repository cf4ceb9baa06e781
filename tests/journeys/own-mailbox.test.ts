import { afterAll, beforeAll, expect, test } from 'vitest'
import { MINUTE } from '#core/time/model.ts'
import { queueLetter } from '#server/mail/queue.ts'
import { sendLetter } from '#server/mail/send.ts'
import { rememberContact } from '#server/contacts/remember.ts'
import type { OAuthProvider } from '#server/connections/model.ts'
import { aWorkspace } from '#tests/database.ts'
import { ask } from '#tests/connected.ts'
import { signedInAs } from '#tests/house.ts'
import { anOAuthWorld, ME, OAUTH, type OAuthWorld } from '#tests/oauth-world.ts'

let world: OAuthWorld
beforeAll(async () => {
  world = await anOAuthWorld()
})
afterAll(() => world.stop())

const VISITOR = { name: 'Marco Rossi', email: 'marco@visitor.test' }
const body = (visitor: { name: string }) => `<p>See you, ${visitor.name}</p>`

async function giulia(provider: OAuthProvider, more: object = {}) {
  const { deps, app } = world
  const who = await aWorkspace(deps)
  const browser = await signedInAs(deps, app, who)
  const { connected } = await world.trip(provider, undefined, more, browser)
  const { workspaceId, userId } = who
  let turn = 0
  const queue = async (options: { mailboxUserId?: string | null } = {}) => {
    const { letterId } = await deps.db.inWorkspace(workspaceId, (tx) =>
      queueLetter(deps, tx, {
        workspaceId,
        kind: 'invite',
        to: VISITOR,
        replyTo: { name: 'Giulia Ferri', email: who.email },
        subject: 'Ci vediamo giovedì',
        html: body(VISITOR),
        text: 'See you',
        messageId: `letter-${userId}-${turn++}`,
        mailboxUserId: userId,
        ...options,
      }),
    )
    return letterId
  }
  const send = (letterId: string) => sendLetter.run(deps, { workspaceId, letterId })
  const letter = async (letterId: string) =>
    (
      await ask<{
        state: string
        trouble: string | null
        carried_by: string | null
        mailbox_user_id: string | null
        source: Buffer
      }>(deps, workspaceId, 'select * from letters where letter_id = $1', [letterId])
    )[0]!
  const post = world.practice[provider]
  const sent = () => sentBy(provider)
  return { ...world, ...who, browser, connected: connected!, queue, send, letter, post, sent }
}

/** What left the account, as whole messages. */
function sentBy(provider: OAuthProvider): string[] {
  const sends = world.practice[provider].requests.filter(
    ({ path, method }) => method === 'POST' && /messages\/send$|sendMail$/.test(path),
  )
  return sends.map(({ body: given }) =>
    provider === 'google'
      ? Buffer.from((given as { raw: string }).raw, 'base64url').toString()
      : Buffer.from(String(given), 'base64').toString(),
  )
}

test.each(OAUTH)(
  'S-023 %s: a letter to a visitor goes out of its person’s own mailbox, in their name, and into the timeline',
  async (provider) => {
    const s = await giulia(provider)
    const { contactId } = await s.deps.db.inWorkspace(s.workspaceId, (tx) =>
      rememberContact(tx, {
        workspaceId: s.workspaceId,
        ownerId: s.userId,
        ...VISITOR,
        locale: 'it',
        zone: 'Europe/Rome',
        source: 'booking',
      }),
    )
    const before = s.sent().length
    const id = await s.queue()
    expect((await s.letter(id)).state).toBe('queued')
    await s.send(id)
    expect(await s.letter(id)).toMatchObject({ state: 'sent', carried_by: 'mailbox', trouble: null })
    const [message] = s.sent().slice(before)
    const head = message!.slice(0, message!.indexOf('\r\n\r\n'))
    expect(head).toMatch(
      new RegExp(`^From: "Giulia Ferri" <${ME[provider].replaceAll('.', '\\.')}>\\r?$`, 'm'),
    )
    expect(head).not.toMatch(/^Reply-To:/m)
    expect(head).toMatch(/^To: .*marco@visitor\.test/m)
    expect(message).toContain('See you')
    const { body: timeline } = await s.browser.get<{ entries: { kind: string; words: { title: string } }[] }>(
      `/contacts/${contactId}/timeline`,
    )
    expect(timeline.entries).toMatchObject([{ kind: 'letter', words: { title: 'Ci vediamo giovedì' } }])
    const { body: ledger } = await s.browser.get<{
      entries: { act: string; feature: string; subject: string }[]
    }>('/access-ledger')
    expect(ledger.entries).toContainEqual(
      expect.objectContaining({ act: 'send', feature: 'mail', subject: 'Ci vediamo giovedì' }),
    )
  },
)

test.each(OAUTH)(
  'S-024 %s: without a linked mailbox letters stay with the server, here the practice mailbox',
  async (provider) => {
    const s = await giulia(provider, { mail: false })
    const id = await s.queue()
    expect(await s.letter(id)).toMatchObject({ state: 'practice', mailbox_user_id: null })
    const linked = await giulia(provider)
    expect((await linked.letter(await linked.queue({ mailboxUserId: null }))).state).toBe('practice')
  },
)

test.each(OAUTH)(
  'I4 %s: an answer that never came: its fate is unknown, and nobody sends it again',
  async (provider) => {
    const s = await giulia(provider)
    const id = await s.queue()
    const before = s.sent().length
    s.post.faults.next({ match: { path: /messages\/send$|sendMail$/ }, cut: 'after' })
    await s.send(id)
    expect(await s.letter(id)).toMatchObject({
      state: 'unknown',
      trouble: 'no-answer',
      carried_by: 'mailbox',
    })
    await s.send(id)
    expect(s.sent().length - before).toBe(1)
  },
)

test.each(OAUTH)('%s: whoever is asked to wait waits, and sends it then', async (provider) => {
  const s = await giulia(provider)
  const id = await s.queue()
  const before = s.sent().length
  s.post.faults.next({
    match: { path: /messages\/send$|sendMail$/ },
    status: 429,
    headers: { 'retry-after': '3' },
    body: '{}',
  })
  await s.send(id)
  expect(await s.letter(id)).toMatchObject({ state: 'queued', trouble: 'try-later' })
  await s.send(id)
  expect((await s.letter(id)).state).toBe('sent')
  expect(s.sent().length - before).toBe(2)
})

test.each(OAUTH)(
  '%s: a mailbox that was unlinked, or signed out, leaves its letters to the server, unchanged',
  async (provider) => {
    const s = await giulia(provider)
    const unlinked = await s.queue()
    expect((await s.browser.delete(`/connections/${s.connected}/mailbox`)).status).toBe(204)
    await s.send(unlinked)
    expect(await s.letter(unlinked)).toMatchObject({ state: 'practice' })
    expect((await s.letter(unlinked)).source.toString()).toMatch(/^From: .*no-reply@localhost/m)

    const other = await giulia(provider)
    const id = await other.queue()
    world.practice[provider].store.revokeGrant(ME[provider])
    world.practice[provider].store.expireTokens()
    await other.send(id)
    expect(await other.letter(id)).toMatchObject({ state: 'queued', mailbox_user_id: null })
    expect(await world.connections(other.browser)).toMatchObject([{ state: 'broken', reason: 'signed-out' }])
    await other.send(id)
    expect(await other.letter(id)).toMatchObject({ state: 'practice' })
  },
)

test('a mail server that is not there was told nothing: the letter waits, and nothing is unknown about it', async () => {
  const s = await giulia('google')
  const id = await s.queue()
  const config = { ...s.deps.config, googleGmailApi: 'http://localhost:1/gmail/v1' }
  const { openMailboxes } = await import('#server/connections/mailbox.ts')
  const { mailers } = await import('#server/providers/registry.ts')
  const { createEgress } = await import('#server/platform/egress.ts')
  const deps = {
    ...s.deps,
    config,
    egress: createEgress({ allow: ['localhost:1', ...s.deps.config.egressAllow] }),
  }
  await sendLetter.run(
    { ...deps, mailboxes: openMailboxes(deps, mailers({ gmailApi: config.googleGmailApi })) },
    { workspaceId: s.workspaceId, letterId: id },
  )
  expect(await s.letter(id)).toMatchObject({ state: 'queued', trouble: 'try-later' })
})

test('a letter under way when its sender dies is found with an unknown fate', async () => {
  const s = await giulia('google')
  const id = await s.queue()
  await ask(
    s.deps,
    s.workspaceId,
    `update letters set state = 'sending', fence = fence + 1, lease_until = now() - interval '1 second' where letter_id = '${id}'`,
  )
  const before = s.sent().length
  await s.send(id)
  expect(await s.letter(id)).toMatchObject({ state: 'unknown', trouble: 'no-answer' })
  expect(s.sent().length).toBe(before)
  expect(MINUTE).toBe(60_000)
})
