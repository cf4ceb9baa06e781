import { expect, test } from 'vitest'
import type { Deps } from '#server/platform/deps.ts'
import { aWorkspace, freshDatabase } from '#tests/database.ts'
import { companyDomain } from './domain.ts'
import { rememberContact, type Acquaintance } from './remember.ts'
import { addToTimeline } from './timeline.ts'

async function begin() {
  const { deps } = await freshDatabase()
  const { workspaceId, userId } = await aWorkspace(deps)
  const remember = (more: Partial<Acquaintance> = {}) =>
    deps.db.inWorkspace(workspaceId, (tx) =>
      rememberContact(tx, {
        workspaceId,
        ownerId: userId,
        name: 'Anna Neri',
        email: 'anna@acme.test',
        locale: 'it',
        zone: 'Europe/Rome',
        source: 'booking',
        ...more,
      }),
    )
  return { deps, workspaceId, userId, remember }
}

const rows = (deps: Deps, workspaceId: string) =>
  deps.db.inWorkspace(workspaceId, (tx) =>
    tx.prepared<Record<string, unknown>>(
      '',
      'select c.name, c.email, c.phone, c.locale, c.zone, c.source, c.owner_id is not null as owned, y.name as company from contacts c left join companies y using (workspace_id, company_id) order by c.email_key',
      [],
    ),
  )

const cost = async (deps: Deps, work: () => Promise<unknown>) => {
  const before = deps.db.counts().statements
  await work()
  return deps.db.counts().statements - before
}

test('a new contact, its company and a line in its timeline cost one statement each', async () => {
  const { deps, workspaceId, remember } = await begin()
  expect(await cost(deps, () => remember())).toBe(1)
  const { contactId } = await remember()
  const entry = {
    workspaceId,
    contactId,
    kind: 'booked',
    at: 1_774_000_000_000,
    bookingId: null,
    words: { title: 'First meeting', start: 1, end: 2 },
  } as const
  expect(await cost(deps, () => deps.db.inWorkspace(workspaceId, (tx) => addToTimeline(tx, entry)))).toBe(1)
  expect(await rows(deps, workspaceId)).toEqual([
    {
      name: 'Anna Neri',
      email: 'anna@acme.test',
      phone: null,
      locale: 'it',
      zone: 'Europe/Rome',
      source: 'booking',
      owned: true,
      company: 'acme.test',
    },
  ])
})

test('what people wrote into a contact is never overwritten by a booking; language and zone follow the visitor', async () => {
  const { deps, workspaceId, remember } = await begin()
  const { contactId } = await remember({ phone: '+39 011 1', ownerId: null })
  expect(
    await remember({
      name: 'ANNA N.',
      email: 'Anna@ACME.test',
      phone: '000',
      locale: 'en',
      zone: 'America/New_York',
      source: 'request',
    }),
  ).toMatchObject({ contactId })
  expect(await rows(deps, workspaceId)).toMatchObject([{ name: 'Anna Neri', email: 'anna@acme.test' }])
  expect(await remember({ locale: null, zone: null })).toMatchObject({ contactId })
  expect(await rows(deps, workspaceId)).toEqual([
    {
      name: 'Anna Neri',
      email: 'anna@acme.test',
      phone: '+39 011 1',
      locale: 'en',
      zone: 'America/New_York',
      source: 'booking',
      owned: true,
      company: 'acme.test',
    },
  ])
})

test('twenty bookings of one new visitor at the same moment know one contact and one company', async () => {
  const { deps, workspaceId, remember } = await begin()
  const ids = await Promise.all(Array.from({ length: 20 }, () => remember()))
  expect(new Set(ids.map(({ contactId }) => contactId)).size).toBe(1)
  await Promise.all(Array.from({ length: 20 }, (_, n) => remember({ email: `p${n}@acme.test` })))
  const [companies] = await deps.db.inWorkspace(workspaceId, (tx) =>
    tx.prepared<{ n: number }>('', 'select count(*) as n from companies', []),
  )
  expect(companies!.n).toBe(1)
  expect(await rows(deps, workspaceId)).toHaveLength(21)
})

test('a company taken off a contact stays off', async () => {
  const { deps, workspaceId, remember } = await begin()
  await remember()
  await deps.db.inWorkspace(workspaceId, (tx) => tx.prepared('', 'update contacts set company_id = null', []))
  await remember()
  expect((await rows(deps, workspaceId))[0]).toMatchObject({ company: null })
})

test('a mailbox anyone can have tells no company', async () => {
  const { deps, workspaceId, remember } = await begin()
  await remember({ email: 'anna.neri@gmail.com' })
  expect((await rows(deps, workspaceId))[0]).toMatchObject({ company: null })
  for (const email of [
    'a@GMAIL.com',
    'a@libero.it',
    'a@yahoo.co.uk',
    'a@hotmail.fr',
    'a@outlook.de',
    'a@pec.it',
    'a@icloud.com',
    'a@gmx.at',
    'a@proton.me',
  ])
    expect(companyDomain(email), email).toBeNull()
  for (const email of [
    'a@acme.it',
    'a@mygmail.com',
    'a@yahoo.acme.it',
    'a@live.acme.com',
    'a@studio-libero.it',
  ])
    expect(companyDomain(email), email).toBe(email.slice(2))
})

test('a line for a contact erased meanwhile is not written, and nothing breaks', async () => {
  const { deps, workspaceId, remember } = await begin()
  const { contactId } = await remember()
  const entry = {
    workspaceId,
    contactId,
    kind: 'cancelled',
    at: Date.now(),
    bookingId: null,
    words: { title: 'First meeting', by: 'visitor' },
  } as const
  await deps.db.inWorkspace(workspaceId, (tx) => tx.prepared('', 'delete from contacts', []))
  await deps.db.inWorkspace(workspaceId, async (tx) => {
    expect(await addToTimeline(tx, entry)).toBeNull()
    expect(await tx.prepared('', 'select 1 as still_usable', [])).toHaveLength(1)
  })
})

test('a line and an erasure at the same moment: no line is left without its contact, and neither side fails', async () => {
  const { deps, workspaceId, remember } = await begin()
  for (let round = 0; round < 10; round++) {
    const { contactId } = await remember()
    const entry = {
      workspaceId,
      contactId,
      kind: 'note',
      at: Date.now(),
      bookingId: null,
      words: { title: '' },
    } as const
    await Promise.all([
      deps.db.inWorkspace(workspaceId, (tx) => addToTimeline(tx, entry)),
      deps.db.inWorkspace(workspaceId, (tx) =>
        tx.prepared('', 'delete from contacts where contact_id = $1', [contactId]),
      ),
    ])
  }
  expect(await rows(deps, workspaceId)).toEqual([])
})
