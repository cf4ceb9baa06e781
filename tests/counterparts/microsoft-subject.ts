import type { Span } from '#core/time/model.ts'
import { startPracticeMicrosoft } from '#practice/microsoft/server.ts'
import type { PracticeMicrosoft } from '#practice/microsoft/server.ts'
import { createEgress } from '#server/platform/egress.ts'
import type { Egress } from '#server/platform/egress.ts'
import type { Subject } from '#server/providers/contract.ts'
import { microsoft } from '#server/providers/microsoft/microsoft.ts'
import type { Session } from '#server/providers/provider.ts'

export const ALICE = 'alice@example.test'

/** A session with this token, through the real way out. */
export const sessionWith = (url: string, egress: Egress, user: string, token: string): Session => ({
  address: `${url}/v1.0`,
  user,
  secret: '',
  zone: 'Europe/Rome',
  fetch: (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${token}`)
    return egress.fetch(input, { ...init, headers })
  },
})

/** Microsoft 365 with Alice, her first calendar, and beside it an empty one called "contract". */
export type AtMicrosoft = {
  practice: PracticeMicrosoft
  egress: Egress
  session: Session
  calendar: string
  primary: string
  stop(): Promise<void>
}

export async function atMicrosoft(more: { delta?: boolean } = {}): Promise<AtMicrosoft> {
  const practice = await startPracticeMicrosoft()
  practice.store.addUser({ email: ALICE, name: 'Alice', zone: 'Europe/Rome' })
  const { id } = practice.store.addCalendar(ALICE, { name: 'contract', ...more })
  const egress = createEgress({ allow: [`localhost:${practice.port}`] })
  return {
    practice,
    egress,
    session: sessionWith(practice.url, egress, ALICE, practice.grant(ALICE).accessToken),
    calendar: id,
    primary: practice.store.calendarOf(ALICE).id,
    async stop() {
      await egress.close()
      await practice.stop()
    },
  }
}

export async function microsoftSubject(more: { delta?: boolean } = {}): Promise<Subject> {
  const { practice, egress, session, calendar, stop } = await atMicrosoft(more)
  const { store } = practice
  store.addUser({ email: 'gone@example.test', name: 'Gone' })
  const token = practice.grant('gone@example.test').accessToken
  store.revokeGrant('gone@example.test')
  store.expireTokens('gone@example.test')

  const standing = (uid: string) =>
    store
      .eventsOf(calendar)
      .filter(
        (event) =>
          event.uid === uid ||
          event.extended.some(({ id, value }) => id.endsWith('Name ritrovo') && value === uid),
      )
  return {
    provider: microsoft,
    session,
    calendar,
    missing: calendar.replace(/.{4}=?$/, 'none'),
    revoked: sessionWith(practice.url, egress, 'gone@example.test', token),
    add: async (uid: string, subject: string, span: Span) =>
      void store.putEvent(calendar, { uid, subject, ...span }),
    retitle: async (uid, title) => void store.renameEvent(standing(uid)[0]!.id, title),
    remove: async (uid) => store.deleteEvent(standing(uid)[0]!.id),
    count: async (uid) => standing(uid).length,
    spoil: (cursor) => {
      store.forgetCursors()
      // A calendar without a delta has no cursor at the server; ours can only be of another time.
      return more.delta === false ? cursor.replace('"v":1', '"v":0') : cursor
    },
    loseNextReply: () => practice.faults.next({ match: { method: 'POST' }, cut: 'after' }),
    stop,
  }
}
