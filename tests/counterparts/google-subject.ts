import { startPracticeGoogle } from '#practice/google/server.ts'
import type { PracticeGoogle } from '#practice/google/server.ts'
import type { Span } from '#core/time/model.ts'
import { createEgress } from '#server/platform/egress.ts'
import type { Egress } from '#server/platform/egress.ts'
import type { Subject } from '#server/providers/contract.ts'
import { google } from '#server/providers/google/google.ts'
import type { Session } from '#server/providers/provider.ts'

export const CALENDAR = 'contract@group.calendar.google.com'
export const ALICE = 'alice@example.test'

/** What Ritrovo asks for, and no more. */
const SCOPES = [
  'openid',
  'email',
  ...['calendar.events', 'calendar.calendarlist.readonly', 'gmail.send'].map(
    (name) => `https://www.googleapis.com/auth/${name}`,
  ),
].join(' ')

/** A session with this token, through the real way out. */
export const sessionWith = (url: string, egress: Egress, token: string): Session => ({
  address: `${url}/calendar/v3`,
  user: '',
  secret: '',
  zone: 'Europe/Rome',
  fetch: (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${token}`)
    return egress.fetch(input, { ...init, headers })
  },
})

/** Google with Alice, her first calendar, and beside it an empty one called "contract". */
export type AtGoogle = { practice: PracticeGoogle; egress: Egress; session: Session; stop(): Promise<void> }

export async function atGoogle(): Promise<AtGoogle> {
  const practice = await startPracticeGoogle()
  practice.store.addUser({ email: ALICE, name: 'Alice', zone: 'Europe/Rome' })
  practice.store.addCalendar(ALICE, { id: CALENDAR, summary: 'contract', zone: 'Europe/Rome' })
  const egress = createEgress({ allow: [`localhost:${practice.port}`] })
  return {
    practice,
    egress,
    session: sessionWith(practice.url, egress, practice.grant(ALICE, SCOPES).accessToken),
    async stop() {
      await egress.close()
      await practice.stop()
    },
  }
}

export async function googleSubject(): Promise<Subject> {
  const { practice, egress, session, stop } = await atGoogle()
  practice.store.addUser({ email: 'gone@example.test', name: 'Gone' })
  const revoked = sessionWith(practice.url, egress, practice.grant('gone@example.test').accessToken)
  practice.store.revokeGrant('gone@example.test')

  const standing = (uid: string) =>
    practice.store
      .events(CALENDAR)
      .filter(
        (event) =>
          event.status !== 'cancelled' &&
          (event.iCalUID === uid || event.extendedProperties?.private?.['ritrovo'] === uid),
      )
  const idOf = (uid: string): string => standing(uid)[0]!.id!
  const edge = (at: number) => ({ dateTime: new Date(at).toISOString(), timeZone: 'Europe/Rome' })
  return {
    provider: google,
    session,
    calendar: CALENDAR,
    revoked,
    // Google's pages hold 2500.
    many: 2600,
    add: async (uid: string, title: string, span: Span) =>
      void practice.store.putEvent(CALENDAR, {
        iCalUID: uid,
        summary: title,
        start: edge(span.start),
        end: edge(span.end),
      }),
    retitle: async (uid, title) => {
      const stored = practice.store.event(CALENDAR, idOf(uid))!
      practice.store.putEvent(CALENDAR, { ...stored, summary: title })
    },
    remove: async (uid) => practice.store.deleteEvent(CALENDAR, idOf(uid)),
    count: async (uid) => standing(uid).length,
    spoil: (cursor) => {
      practice.store.forgetSyncTokens(CALENDAR)
      return cursor
    },
    loseNextReply: () => practice.faults.next({ match: { method: 'POST' }, cut: 'after' }),
    stop,
  }
}
