import type { Span } from '#core/time/model.ts'
import { makeCertificate } from '#practice/exchange/certificate.ts'
import { startPracticeExchange } from '#practice/exchange/server.ts'
import type { PracticeExchange } from '#practice/exchange/server.ts'
import { createEgress } from '#server/platform/egress.ts'
import type { Egress } from '#server/platform/egress.ts'
import type { Subject } from '#server/providers/contract.ts'
import { exchange } from '#server/providers/exchange/exchange.ts'
import type { Session } from '#server/providers/provider.ts'

export const ALICE = 'alice@example.test'
export const BOB = 'bob@example.test'
const PASSWORD = 'pässword "1"'

export type Way = 'Basic' | 'NTLM' | 'NTLM bound to TLS'

/** Exchange with Alice, her first calendar, and beside it an empty one called "contract"; the way in is one of three. */
export type AtExchange = {
  practice: PracticeExchange
  egress: Egress
  session: Session
  calendar: string
  primary: string
  stop(): Promise<void>
}

export async function atExchange(way: Way = 'Basic'): Promise<AtExchange> {
  const certificate = way === 'NTLM bound to TLS' ? makeCertificate() : null
  const practice = await startPracticeExchange(certificate ? { tls: certificate } : {})
  const { store } = practice
  store.addUser({
    email: ALICE,
    name: 'Alice',
    user: 'alice',
    domain: 'PRACTICE',
    password: PASSWORD,
    zone: 'Europe/Rome',
  })
  store.schemes = way === 'Basic' ? ['Basic'] : ['Negotiate', 'NTLM']
  store.extendedProtection = 'required'
  const { id } = store.addCalendar(ALICE, { name: 'contract' })
  const egress = createEgress({ allow: [`localhost:${practice.port}`] })
  const ca = certificate ? { ca: certificate.ca } : {}
  return {
    practice,
    egress,
    session: {
      address: practice.ewsUrl,
      user: way === 'Basic' ? ALICE : 'PRACTICE\\alice',
      secret: PASSWORD,
      zone: 'Europe/Rome',
      fetch: egress.within(ca),
      line: (wish) => egress.line({ ...ca, ...wish }),
    },
    calendar: id,
    primary: store.calendarOf(ALICE).id,
    async stop() {
      await egress.close()
      certificate?.remove()
      await practice.stop()
    },
  }
}

export async function exchangeSubject(way: Way): Promise<Subject> {
  const { practice, session, calendar, stop } = await atExchange(way)
  const { store } = practice
  const standing = (uid: string) => store.itemsOf(calendar).filter((item) => item.uid === uid)
  return {
    provider: exchange,
    session,
    calendar,
    missing: calendar.replace(/.{6}=?$/, 'AAAAAA='),
    revoked: { ...session, secret: 'changed' },
    add: async (uid: string, subject: string, span: Span) =>
      void store.putEvent(calendar, { uid, subject, ...span }),
    retitle: async (uid, title) => void store.renameEvent(standing(uid)[0]!.id, title),
    remove: async (uid) => store.deleteEvent(standing(uid)[0]!.id),
    count: async (uid) => standing(uid).length,
    spoil: (cursor) => {
      store.forgetSyncStates()
      return cursor
    },
    loseNextReply: () => practice.faults.next({ match: { operation: 'CreateItem' }, cut: 'after' }),
    stop,
  }
}
