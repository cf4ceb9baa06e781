import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Deps } from '#server/platform/deps.ts'
import { startAiosmtpd, type MailServer } from '#tests/counterparts/aiosmtpd.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { composeLetter } from './compose.ts'
import { tasks } from './jobs.ts'
import { queueLetter, type LetterDraft } from './queue.ts'
import { sendLetter } from './send.ts'
import { sweepLettersTask } from './sweep.ts'

let server: MailServer
beforeAll(async () => {
  server = await startAiosmtpd()
})
afterAll(() => server.stop())

const HOUR = 3_600_000

/** A workspace whose mail goes to the test server, a clock that stands still, and the asked-for runs as a list. */
async function anOffice(env: Record<string, string> = server.env) {
  const clock = { now: Date.UTC(2026, 10, 25, 9) }
  const { deps } = await freshDatabase(env, { now: () => clock.now })
  const asked: { payload: { workspaceId: string; letterId: string }; after: number }[] = []
  deps.jobs = { ...deps.jobs, enqueue: async (_tx, task, payload, options) => void (task.name === 'mail.send' && asked.push({ payload: payload as never, after: options?.after ?? 0 })) }
  const { workspaceId } = await aWorkspace(deps)
  return { deps, workspaceId, clock, asked }
}

const draft = (workspaceId: string, more: Partial<LetterDraft> = {}): LetterDraft => ({
  workspaceId,
  kind: 'invitation',
  to: { name: 'Nina Berg', email: 'nina@example.test' },
  replyTo: { name: 'Giulia Ferri', email: 'giulia@example.test' },
  subject: 'Confermato: Primo incontro',
  ...composeLetter('it', { preheader: '', heading: 'Ci vediamo', lines: ['Però sì.'], facts: [], actions: [], footer: 'Ritrovo' }),
  messageId: `invitation.${crypto.randomUUID()}`,
  ...more,
})

const queue = (deps: Deps, letter: LetterDraft) => deps.db.inWorkspace(letter.workspaceId, (tx) => queueLetter(deps, tx, letter))

type Row = { state: string; trouble: string | null; attempts: number; sent_at: number | null }
async function rowOf(deps: Deps, workspaceId: string, letterId: string): Promise<Row> {
  const [row] = await deps.db.inWorkspace(workspaceId, (tx) => tx.prepared<Row>('', 'select state, trouble, attempts, sent_at from letters where letter_id = $1', [letterId]))
  return row!
}

async function sent(more: Partial<LetterDraft> = {}) {
  const office = await anOffice()
  const before = server.letters().length
  const { letterId } = await queue(office.deps, draft(office.workspaceId, more))
  const ref = { workspaceId: office.workspaceId, letterId }
  await sendLetter.run(office.deps, ref)
  return { ...office, ref, row: () => rowOf(office.deps, office.workspaceId, letterId), arrived: () => server.letters().slice(before) }
}

test('a letter reaches the server over STARTTLS with our password, for exactly one address', async () => {
  const { row, arrived } = await sent()
  expect(await row()).toMatchObject({ state: 'sent', trouble: null, attempts: 1 })
  const [letter, ...more] = arrived()
  expect(more).toEqual([])
  expect(letter).toMatchObject({ from: 'meet@example.test', to: ['nina@example.test'], tls: true, user: true })
  expect(letter!.source.toString()).toContain('From: =?UTF-8?Q?Giulia_Ferri_=C2=B7_Studio_Ferri?= <meet@example.test>')
})

test('a server that speaks TLS from the first byte works as well', async () => {
  const wrapped = await startAiosmtpd('wrapped')
  onTestFinished(() => wrapped.stop())
  const { deps, workspaceId } = await anOffice(wrapped.env)
  const { letterId } = await queue(deps, draft(workspaceId))
  await sendLetter.run(deps, { workspaceId, letterId })
  expect(wrapped.letters()).toHaveLength(1)
})

test('I4 a letter asked for twice is one letter, and sending it twice sends it once', async () => {
  const { deps, workspaceId, asked } = await anOffice()
  const letter = draft(workspaceId)
  const before = server.letters().length
  const [first, second] = await Promise.all([queue(deps, letter), queue(deps, letter)])
  expect(second).toEqual(first)
  expect(asked).toHaveLength(1)
  const ref = { workspaceId, letterId: first.letterId }
  await Promise.all([sendLetter.run(deps, ref), sendLetter.run(deps, ref)])
  await sendLetter.run(deps, ref)
  expect(server.letters().length - before).toBe(1)
})

describe('C31 what the mail server may answer', () => {
  test.each(['451', 'rcpt-451'] as const)('C31 %s is tried again later and arrives', async (fate) => {
    server.script(fate)
    const { deps, ref, row, arrived, asked, clock } = await sent()
    expect(await row()).toMatchObject({ state: 'queued', trouble: 'try-later' })
    expect(arrived()).toEqual([])
    const { after } = asked.at(-1)!
    expect(after).toBeGreaterThanOrEqual(22)
    expect(after).toBeLessThanOrEqual(30)
    clock.now += after * 1000
    await sendLetter.run(deps, ref)
    expect(await row()).toMatchObject({ state: 'sent', attempts: 2 })
    expect(arrived()).toHaveLength(1)
  })

  test.each(['550', 'rcpt-550'] as const)('C31 %s is a failure that shows, and nothing is tried again', async (fate) => {
    server.script(fate)
    const { row, arrived, asked } = await sent()
    expect(await row()).toMatchObject({ state: 'failed', trouble: 'refused' })
    expect(asked).toHaveLength(1)
    expect(arrived()).toEqual([])
  })

  test('C31 a line that breaks after DATA leaves the letter unknown, and nobody sends it again by themselves', async () => {
    server.script('drop')
    const { deps, ref, row, arrived, asked } = await sent()
    expect(await row()).toMatchObject({ state: 'unknown', trouble: 'no-answer' })
    expect(asked).toHaveLength(1)
    await sendLetter.run(deps, ref)
    expect(arrived()).toHaveLength(1)
    expect(await row()).toMatchObject({ state: 'unknown' })
  })

  test('C31 a server that stays away is given up within a day', async () => {
    const { deps, workspaceId, asked, clock } = await anOffice({ ...server.env, RITROVO_SMTP_URL: 'smtp://127.0.0.1:9' })
    const { letterId } = await queue(deps, draft(workspaceId))
    const begun = clock.now
    for (let tries = 0; tries < 40 && asked.length > 0; tries++) {
      const { payload, after } = asked.pop()!
      clock.now += after * 1000
      await sendLetter.run(deps, payload)
    }
    expect(await rowOf(deps, workspaceId, letterId)).toMatchObject({ state: 'failed', trouble: 'gave-up' })
    expect(clock.now - begun).toBeGreaterThan(16 * HOUR)
    expect(clock.now - begun).toBeLessThan(24 * HOUR)
  })

  test('a wrong password is told as such and tried again', async () => {
    const { deps, workspaceId } = await anOffice({ ...server.env, RITROVO_SMTP_URL: server.url.replace('secret', 'wrong') })
    const { letterId } = await queue(deps, draft(workspaceId))
    await sendLetter.run(deps, { workspaceId, letterId })
    expect(await rowOf(deps, workspaceId, letterId)).toMatchObject({ state: 'queued', trouble: 'sign-in' })
  })
})

describe('who holds a letter', () => {
  const take = (deps: Deps, workspaceId: string, letterId: string, state: string, leaseUntil: number) =>
    deps.db.inWorkspace(workspaceId, (tx) => tx.prepared('', `update letters set state = $2, fence = fence + 1, lease_until = $3 where letter_id = $1`, [letterId, state, new Date(leaseUntil).toISOString()]))

  test('a letter that another process is handing over is left to it, and looked at again when its lease is over', async () => {
    const { deps, workspaceId, asked, clock } = await anOffice()
    const { letterId } = await queue(deps, draft(workspaceId))
    await take(deps, workspaceId, letterId, 'sending', clock.now + 30_000)
    const before = server.letters().length
    await sendLetter.run(deps, { workspaceId, letterId })
    expect(server.letters().length).toBe(before)
    expect(asked.at(-1)?.after).toBe(30)
  })

  test('I4 a letter whose sender fell silent in the middle becomes unknown and is not sent', async () => {
    const { deps, workspaceId, clock } = await anOffice()
    const { letterId } = await queue(deps, draft(workspaceId))
    await take(deps, workspaceId, letterId, 'sending', clock.now - 1)
    const before = server.letters().length
    await sendLetter.run(deps, { workspaceId, letterId })
    expect(await rowOf(deps, workspaceId, letterId)).toMatchObject({ state: 'unknown', trouble: 'no-answer' })
    expect(server.letters().length).toBe(before)
  })

  test('a letter whose sender fell silent before the first byte is sent by the next', async () => {
    const { deps, workspaceId, clock } = await anOffice()
    const { letterId } = await queue(deps, draft(workspaceId))
    await take(deps, workspaceId, letterId, 'queued', clock.now - 1)
    await sendLetter.run(deps, { workspaceId, letterId })
    expect(await rowOf(deps, workspaceId, letterId)).toMatchObject({ state: 'sent' })
  })

  test('a letter whose job was lost, or whose sender was killed, is asked for again; what is held or waits for its time is not', async () => {
    const { deps, workspaceId, asked, clock } = await anOffice()
    const [lost, killed, held, later] = [await queue(deps, draft(workspaceId)), await queue(deps, draft(workspaceId)), await queue(deps, draft(workspaceId)), await queue(deps, draft(workspaceId))]
    await take(deps, workspaceId, killed.letterId, 'sending', clock.now - 1)
    await take(deps, workspaceId, held.letterId, 'sending', clock.now + 1000)
    await deps.db.inWorkspace(workspaceId, (tx) => tx.prepared('', `update letters set next_at = $2 where letter_id = $1`, [later.letterId, new Date(clock.now + 1000).toISOString()]))
    asked.length = 0
    await sweepLettersTask.run(deps, {})
    expect(asked.map(({ payload }) => payload.letterId).toSorted()).toEqual([lost.letterId, killed.letterId].toSorted())
  })

  test('I12 who lost the letter while connecting does not send it', async () => {
    const { deps, workspaceId } = await anOffice()
    const { letterId } = await queue(deps, draft(workspaceId))
    const before = server.letters().length
    // The other process takes over exactly while this one opens its connection.
    const slow = { ...deps, egress: { ...deps.egress, openSocket: async (...args: Parameters<Deps['egress']['openSocket']>) => {
      await deps.db.inWorkspace(workspaceId, (tx) => tx.prepared('', 'update letters set fence = fence + 1 where letter_id = $1', [letterId]))
      return deps.egress.openSocket(...args)
    } } }
    await sendLetter.run(slow, { workspaceId, letterId })
    expect(server.letters().length).toBe(before)
    expect(await rowOf(deps, workspaceId, letterId)).toMatchObject({ state: 'queued' })
  })
})

describe('H11 encryption that somebody on the way takes out', () => {
  /** A server of a few lines: answers what it is told. */
  async function aServer(talk: (socket: Socket, line: string) => void): Promise<{ port: number; heard: string[] }> {
    const heard: string[] = []
    const sockets = new Set<Socket>()
    const listener: Server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.write('220 mail.test\r\n')
      socket.on('data', (chunk) => {
        for (const line of chunk.toString('latin1').split('\r\n').filter(Boolean)) {
          heard.push(line)
          talk(socket, line)
        }
      })
    })
    await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      listener.close()
    })
    return { port: (listener.address() as AddressInfo).port, heard }
  }

  // A name that is not loopback, so that STARTTLS is required; the test's own resolver leads it here.
  async function anOfficeBeyond(port: number, query = '', who = 'alice:secret@') {
    const office = await anOffice({ ...server.env, RITROVO_SMTP_URL: `smtp://${who}mail.example.test:${port}${query}` })
    const { createEgress } = await import('#server/platform/egress.ts')
    office.deps.egress = createEgress({ allow: [], allowSockets: [`mail.example.test:${port}`], resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
    const { letterId } = await queue(office.deps, draft(office.workspaceId))
    await sendLetter.run(office.deps, { workspaceId: office.workspaceId, letterId })
    return rowOf(office.deps, office.workspaceId, letterId)
  }

  const stripped = (socket: Socket, line: string) => {
    if (line.startsWith('EHLO')) socket.write('250-mail.test\r\n250 AUTH PLAIN LOGIN\r\n')
    else if (line === 'STARTTLS') socket.write('502 what?\r\n')
    else if (line === 'DATA') socket.write('354 go on\r\n')
    else if (/^(MAIL|RCPT|\.$)/.test(line)) socket.write('250 go on\r\n')
  }

  test('H11 a server without STARTTLS gets neither password nor letter', async () => {
    const { port, heard } = await aServer(stripped)
    expect(await anOfficeBeyond(port)).toMatchObject({ state: 'queued', trouble: 'tls' })
    expect(heard.filter((line) => !/^(EHLO|STARTTLS)/.test(line))).toEqual([])
  })

  test('H11 a letter without a password waits as well, unless the operator said that it may go open', async () => {
    const { port, heard } = await aServer(stripped)
    expect(await anOfficeBeyond(port, '', '')).toMatchObject({ state: 'queued', trouble: 'tls' })
    expect(heard.join('\n')).not.toMatch(/MAIL|DATA/)
    expect(await anOfficeBeyond(port, '?tls=optional', '')).toMatchObject({ state: 'sent' })
  })

  test('H11 where encryption is optional a letter may go open, but never a password', async () => {
    const { port, heard } = await aServer(stripped)
    expect(await anOfficeBeyond(port, '?tls=optional')).toMatchObject({ state: 'queued', trouble: 'tls' })
    expect(heard.join('\n')).not.toMatch(/AUTH|MAIL|DATA/)
  })

  test('H11 words slipped in before the encryption begins are not believed', async () => {
    const { port, heard } = await aServer((socket, line) => {
      if (line.startsWith('EHLO')) socket.write('250-mail.test\r\n250 STARTTLS\r\n')
      // No TLS follows: only these words, as if they were the answers to come.
      else if (line === 'STARTTLS') socket.write('220 ready\r\n250-mail.test\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n')
      else socket.destroy()
    })
    expect(await anOfficeBeyond(port)).toMatchObject({ state: 'queued', trouble: 'tls' })
    expect(heard.join('\n')).not.toMatch(/AUTH|MAIL|DATA/)
  })

  test('a server nobody vouches for gets nothing', async () => {
    const { deps, workspaceId } = await anOffice({ RITROVO_SMTP_URL: server.url })
    const { letterId } = await queue(deps, draft(workspaceId))
    const before = server.letters().length
    await sendLetter.run(deps, { workspaceId, letterId })
    expect(await rowOf(deps, workspaceId, letterId)).toMatchObject({ state: 'queued', trouble: 'tls' })
    expect(server.letters().length).toBe(before)
  })
})

test('without a mail server a letter stays in the practice mailbox', async () => {
  const { deps, workspaceId, asked } = await anOffice({})
  const { letterId } = await queue(deps, draft(workspaceId))
  expect(await rowOf(deps, workspaceId, letterId)).toMatchObject({ state: 'practice' })
  expect(asked).toEqual([])
})

test('a letter that waited for a mail server that is gone stays in the practice mailbox', async () => {
  const { deps, workspaceId } = await anOffice()
  const { letterId } = await queue(deps, draft(workspaceId))
  deps.config.smtp = null
  await sendLetter.run(deps, { workspaceId, letterId })
  expect(await rowOf(deps, workspaceId, letterId)).toMatchObject({ state: 'practice' })
})

test('a letter undone with its transaction is never sent', async () => {
  const { deps, workspaceId } = await anOffice()
  const letter = draft(workspaceId)
  await expect(deps.db.inWorkspace(workspaceId, async (tx) => {
    await queueLetter(deps, tx, letter)
    throw new Error('undone')
  })).rejects.toThrow('undone')
  const [row] = await deps.db.inWorkspace(workspaceId, (tx) => tx.prepared<{ n: number }>('', 'select count(*)::int as n from letters', []))
  expect(row).toEqual({ n: 0 })
})

test('the queue sends what was queued, by itself', async () => {
  const { deps } = await freshDatabase(server.env, { tasks, work: true })
  const { workspaceId } = await aWorkspace(deps)
  const before = server.letters().length
  const refs = await Promise.all([1, 2, 3].map(() => queue(deps, draft(workspaceId))))
  await expect.poll(async () => (await Promise.all(refs.map(({ letterId }) => rowOf(deps, workspaceId, letterId)))).map(({ state }) => state), { timeout: 20_000 }).toEqual(['sent', 'sent', 'sent'])
  expect(server.letters().length - before).toBe(3)
})
