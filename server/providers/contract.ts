import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HOUR, MINUTE } from '#core/time/model.ts'
import type { Span } from '#core/time/model.ts'
import { AccessRevoked, CursorExpired, NotFound, Unreachable } from './provider.ts'
import type { CalendarProvider, Change, EventDraft, RemoteEvent, Session, SyncCursor } from './provider.ts'

/** A running counterpart with one empty, writable calendar, and what another program of its owner would do there. */
export type Subject = {
  provider: CalendarProvider
  session: Session
  calendar: string
  /** The name of a calendar that is not there, where none can be made from `calendar`'s own. */
  missing?: string
  /** How many events it takes for a full read to come in pages; 230 unless said. */
  many?: number
  /** A session whose access the owner has taken away. */
  revoked: Session
  add(uid: string, title: string, span: Span): Promise<void>
  retitle(uid: string, title: string): Promise<void>
  remove(uid: string): Promise<void>
  /** How many events of this UID the calendar holds, by the counterpart's own count. */
  count(uid: string): Promise<number>
  /** A cursor as it would be after the server has forgotten it. */
  spoil(cursor: SyncCursor): SyncCursor
  /** From now on the reply to the next write is lost on its way, after the server has done what was asked. */
  loseNextReply(): void
  stop(): Promise<void>
}

const DAY_OF = Date.UTC(2027, 2, 1, 9)
const WINDOW: Span = { start: DAY_OF - 24 * HOUR, end: DAY_OF + 60 * 24 * HOUR }
const MANY = 230
// As many hours as fit into the window.
const HOURS = 1000

const draft = (uid: string, more: Partial<EventDraft> = {}): EventDraft => ({
  uid,
  sequence: 0,
  span: { start: DAY_OF, end: DAY_OF + 30 * MINUTE },
  zone: 'Europe/Rome',
  title: 'Introduction with Bob',
  description: 'Phone: 1',
  location: 'Via Roma 1; Milano',
  url: 'https://meet.example/abc',
  organizer: { name: 'Alice', email: 'alice@example.test' },
  attendees: [{ name: 'Bob, "the builder"', email: 'bob@example.test' }],
  ...more,
})
const later = (span: Span, time: number): Span => ({ start: span.start + time, end: span.end + time })

/** What every provider promises, whatever it talks to. In order: each test leaves the calendar as the next one finds it. */
export function providerContract(name: string, start: () => Promise<Subject>): void {
  describe(`${name} keeps the contract of a calendar provider`, () => {
    let subject: Subject
    let cursor: SyncCursor

    beforeAll(async () => {
      subject = await start()
    }, 60_000)
    afterAll(() => subject?.stop())

    const pull = async (from: SyncCursor | null): Promise<{ changes: Change[]; pages: number }> => {
      const changes: Change[] = []
      let next = from
      for (let pages = 1; pages < 100; pages++) {
        const page = await subject.provider.pull(subject.session, subject.calendar, next, WINDOW)
        changes.push(...page.changes)
        next = cursor = page.cursor
        if (!page.more) return { changes, pages }
      }
      throw new Error('pages without end')
    }
    const events = (changes: Change[]): RemoteEvent[] =>
      changes.flatMap((change) => (change.kind === 'upsert' ? [change.event] : []))
    const { createEvent, updateEvent, deleteEvent, readEvent } = {
      createEvent: (it: EventDraft) => subject.provider.createEvent(subject.session, subject.calendar, it),
      updateEvent: (id: string, it: EventDraft) =>
        subject.provider.updateEvent(subject.session, subject.calendar, id, it),
      deleteEvent: (id: string) => subject.provider.deleteEvent(subject.session, subject.calendar, id),
      readEvent: (uid: string) => subject.provider.readEvent(subject.session, subject.calendar, uid),
    }

    test('list: the calendar is there, with its name, and can be written', async () => {
      const listed = await subject.provider.listCalendars(subject.session)
      expect(listed.find(({ remoteId }) => remoteId === subject.calendar)).toMatchObject({
        name: 'contract',
        writable: true,
      })
    })

    test('pull: an empty calendar is one page and a cursor', async () => {
      const page = await subject.provider.pull(subject.session, subject.calendar, null, WINDOW)
      expect(page).toMatchObject({ changes: [], more: false })
      cursor = page.cursor
    })

    test('pull: what others add, change and remove is told once each', async () => {
      await subject.add('one', 'First', { start: DAY_OF, end: DAY_OF + HOUR })
      await subject.add('two', 'Second', { start: DAY_OF + HOUR, end: DAY_OF + 2 * HOUR })
      const added = events((await pull(cursor)).changes)
      expect(added.map(({ uid, title }) => `${uid}: ${title}`).sort()).toEqual(['one: First', 'two: Second'])
      expect(added.find(({ uid }) => uid === 'one')).toMatchObject({
        occurrences: [{ start: DAY_OF, end: DAY_OF + HOUR, kind: 'busy', allDay: false }],
        private: false,
        trouble: null,
      })

      expect((await pull(cursor)).changes).toEqual([])
      await subject.retitle('one', 'First, again')
      await subject.remove('two')
      const { changes } = await pull(cursor)
      expect(events(changes).map(({ uid, title }) => [uid, title])).toEqual([['one', 'First, again']])
      expect(changes.filter(({ kind }) => kind === 'remove')).toEqual([
        { kind: 'remove', remoteId: added.find(({ uid }) => uid === 'two')!.remoteId },
      ])
    })

    test('page: a full read brings everything once, in pages that end; the cursor goes on from there', async () => {
      const many = subject.many ?? MANY
      for (let i = 0; i < many; i++)
        await subject.add(
          `many-${i}`,
          `Number ${i}`,
          later({ start: DAY_OF, end: DAY_OF + 15 * MINUTE }, (i % HOURS) * HOUR),
        )
      const { changes, pages } = await pull(null)
      const uids = events(changes).map(({ uid }) => uid)
      expect(pages).toBeGreaterThan(1)
      expect(new Set(uids).size).toBe(uids.length)
      expect(uids.length).toBe(many + 1)
      expect((await pull(cursor)).changes).toEqual([])
      await subject.remove('many-7')
      expect((await pull(cursor)).changes).toHaveLength(1)
    }, 120_000)

    test('expire: a cursor the server has forgotten is CursorExpired, never a plain failure and never an empty success', async () => {
      await expect(
        subject.provider.pull(subject.session, subject.calendar, subject.spoil(cursor), WINDOW),
      ).rejects.toThrow(CursorExpired)
      await expect(
        subject.provider.pull(subject.session, subject.calendar, 'nonsense', WINDOW),
      ).rejects.toThrow(CursorExpired)
      expect(events((await pull(null)).changes)).toHaveLength(subject.many ?? MANY)
    })

    test('write: what we create is read back, pulled and busy at once, with the same words', async () => {
      const before = cursor
      const made = await createEvent(draft('booking-1'))
      expect(made).toMatchObject({
        uid: 'booking-1',
        span: draft('').span,
        title: 'Introduction with Bob',
        cancelled: false,
      })
      expect(await readEvent('booking-1')).toEqual(made)
      expect(events((await pull(before)).changes)).toMatchObject([
        { remoteId: made.remoteId, uid: 'booking-1', attendees: ['alice@example.test', 'bob@example.test'] },
      ])
      const busy = await subject.provider.freshBusy?.(
        subject.session,
        subject.calendar,
        later(draft('').span, MINUTE),
      )
      if (busy) expect(busy).toContainEqual({ uid: 'booking-1', ...draft('').span, kind: 'busy' })
    })

    test('C23 creating twice is creating once', async () => {
      const again = await createEvent(draft('booking-1'))
      expect(again.remoteId).toBe((await readEvent('booking-1'))!.remoteId)
      expect(await subject.count('booking-1')).toBe(1)
    })

    test('C06 a reply lost after the event was made: the next try finds it, and there is one', async () => {
      subject.loseNextReply()
      await expect(createEvent(draft('booking-2'))).rejects.toThrow(Unreachable)
      expect(await createEvent(draft('booking-2'))).toMatchObject({ uid: 'booking-2', span: draft('').span })
      expect(await subject.count('booking-2')).toBe(1)
    })

    test('write: odd characters in a UID and in words come back as they were', async () => {
      const odd = draft('o/b%2F@x?y#z 1', { title: 'Grüße, "Bob"; \\o/ 🙂', location: 'A\nB' })
      expect(await createEvent(odd)).toMatchObject({ uid: odd.uid, title: odd.title, span: odd.span })
      expect(await readEvent(odd.uid)).toMatchObject({ title: odd.title })
      expect(await readEvent('o/b%2F@x?y#z 2')).toBe(null)
    })

    test('update: our times move, the owner’s words stay', async () => {
      const { remoteId } = (await readEvent('booking-1'))!
      await subject.retitle('booking-1', 'Bob at last')
      const moved = draft('booking-1', {
        sequence: 1,
        span: later(draft('').span, 3 * HOUR),
        title: 'Introduction with Bob (moved)',
      })
      expect(await updateEvent(remoteId, moved)).toMatchObject({
        remoteId,
        span: moved.span,
        title: 'Bob at last',
        cancelled: false,
      })
      expect(await readEvent('booking-1')).toMatchObject({ span: moved.span, title: 'Bob at last' })
      expect(await subject.count('booking-1')).toBe(1)
    })

    test('update: of an event that is gone is NotFound', async () => {
      const { remoteId } = (await readEvent('booking-2'))!
      await subject.remove('booking-2')
      await expect(updateEvent(remoteId, draft('booking-2', { sequence: 1 }))).rejects.toThrow(NotFound)
    })

    test('C25 deleting twice is deleting', async () => {
      const { remoteId } = (await readEvent('booking-1'))!
      await deleteEvent(remoteId)
      await deleteEvent(remoteId)
      expect(await readEvent('booking-1')).toBe(null)
    })

    test('a calendar that is not there is NotFound', async () => {
      const missing = subject.missing ?? subject.calendar.replace('contract', 'no-such-calendar')
      await expect(subject.provider.pull(subject.session, missing, null, WINDOW)).rejects.toThrow(NotFound)
    })

    test('revoke: without access every verb says so', async () => {
      const { provider, revoked, calendar } = subject
      const verbs = [
        provider.listCalendars(revoked),
        provider.pull(revoked, calendar, null, WINDOW),
        provider.pull(revoked, calendar, cursor, WINDOW),
        provider.createEvent(revoked, calendar, draft('booking-3')),
        provider.updateEvent(revoked, calendar, `${calendar}one.ics`, draft('one')),
        provider.deleteEvent(revoked, calendar, `${calendar}one.ics`),
        provider.readEvent(revoked, calendar, 'one'),
        ...(provider.freshBusy ? [provider.freshBusy(revoked, calendar, WINDOW)] : []),
      ]
      for (const outcome of await Promise.allSettled(verbs))
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: expect.any(AccessRevoked) as AccessRevoked,
        })
    })
  })
}
