import type { Session } from '#server/providers/provider.ts'

export type Asked = { method: string; url: URL; headers: Headers; body: unknown }
export type Told = { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }

/** A session whose answers are written down beforehand, and what it was asked. */
export function scripted(tell: (asked: Asked, turn: number) => Told | Promise<Told>): {
  session: Session
  asked: Asked[]
} {
  const asked: Asked[] = []
  const session: Session = {
    address: 'https://graph.example/v1.0',
    user: `mailbox-${++mailboxes}@example.test`,
    secret: '',
    zone: 'Europe/Berlin',
    async fetch(input, init) {
      const body = typeof init?.body === 'string' ? init.body : null
      const json = new Headers(init?.headers).get('content-type') === 'application/json'
      const question: Asked = {
        method: init?.method ?? 'GET',
        url: new URL(String(input)),
        headers: new Headers(init?.headers),
        body: body !== null && json ? (JSON.parse(body) as unknown) : body,
      }
      const turn = asked.push(question) - 1
      const { status = 200, headers = {}, json: object, text } = await tell(question, turn)
      const content = text ?? (object === undefined ? null : JSON.stringify(object))
      return new Response(status === 204 ? null : content, {
        status,
        headers: { 'content-type': 'application/json', ...headers },
      })
    },
  }
  return { session, asked }
}
let mailboxes = 0

/** One answer after the other; what is asked beyond them is a fault of the test. */
export const inTurn =
  (...told: Told[]) =>
  ({ method, url }: Asked, turn: number): Told => {
    const next = told[turn]
    if (!next) throw new Error(`nobody answers ${method} ${url.href}`)
    return next
  }

/** An event as Graph writes it: one hour from nine in UTC on 1 March 2027. */
export const graphEvent = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  '@odata.etag': `W/"${id}"`,
  id,
  type: 'singleInstance',
  iCalUId: `ical-${id}`,
  subject: `Event ${id}`,
  start: utc('2027-03-01T09:00:00'),
  end: utc('2027-03-01T10:00:00'),
  isAllDay: false,
  showAs: 'busy',
  sensitivity: 'normal',
  isCancelled: false,
  isOrganizer: true,
  responseStatus: { response: 'organizer', time: '0001-01-01T00:00:00Z' },
  originalStartTimeZone: 'W. Europe Standard Time',
  originalEndTimeZone: 'W. Europe Standard Time',
  createdDateTime: '2027-01-05T10:00:00.1234567Z',
  organizer: { emailAddress: { name: 'Alice', address: 'Alice@example.test' } },
  attendees: [],
  ...more,
})

export const utc = (time: string) => ({ dateTime: `${time}.0000000`, timeZone: 'UTC' })

export const graphError = (code: string, more: Record<string, unknown> = {}) => ({
  error: { code, message: 'words for people', ...more },
})
