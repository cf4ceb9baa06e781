import { createHash } from 'node:crypto'
import { AccessRevoked, Unreachable } from '../provider.ts'
import type { Line, LineWish, Session } from '../provider.ts'
import { basic } from './basic.ts'
import { authenticate, negotiate, readChallenge, whoIs } from './ntlm/messages.ts'
import { chosen, messageIn, offered } from './scheme.ts'
import type { Scheme } from './scheme.ts'

/** Who asks, and over what. */
export type Asker = Pick<Session, 'user' | 'secret' | 'fetch' | 'line'>
export type Question = {
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body: string
  signal?: AbortSignal
}

const MOST = 200
const ROUNDS = 2
const schemes = new Map<string, Scheme>()

/** One request with the password, by the way the server wants it. A password that it refuses is AccessRevoked. */
export async function ask(asker: Asker, url: URL, question: Question, wish?: LineWish): Promise<Response> {
  const scheme = schemes.get(url.origin)
  // Which way, only the server knows: it is asked bare, once.
  const answer = scheme
    ? await askBy(asker, scheme, url, question, wish)
    : await send(asker, url, question, wish)
  if (answer.status !== 401) return answer
  const offers = offered(answer.headers)
  // To its end: a connection whose answer is left half read is lost, and with it the handshake.
  await answer.arrayBuffer()
  if (scheme && (offers.length === 0 || offers.includes(scheme))) throw refused(url)
  const next = chosen(offers, url.protocol === 'https:')
  if (next === null) throw new Unreachable(`${url.host} takes no password`, 'forbidden')
  remember(url.origin, next)
  const again = await askBy(asker, next, url, question, wish)
  if (again.status === 401) throw refused(url)
  return again
}

const refused = (url: URL): AccessRevoked => new AccessRevoked(`${url.host} answered 401`)

function remember(origin: string, scheme: Scheme): void {
  if (schemes.size >= MOST) schemes.clear()
  schemes.set(origin, scheme)
}

const askBy = (
  asker: Asker,
  scheme: Scheme,
  url: URL,
  question: Question,
  wish?: LineWish,
): Promise<Response> =>
  scheme === 'basic'
    ? send(asker, url, withAuthorization(question, basic(asker.user, asker.secret)), wish)
    : wish
      ? shakenHands(asker, { line: lineOf(asker, wish), turn: Promise.resolve() }, scheme, url, question)
      : inTurn(asker, doorOf(asker, url.origin), scheme, url, question)

/** Redirects are ours to judge: the password goes to no other host (H07). */
const init = (question: Question): RequestInit => ({ redirect: 'manual', ...question })

const send = (asker: Asker, url: URL, question: Question, wish?: LineWish): Promise<Response> =>
  (wish && asker.line ? asker.line(wish).fetch : asker.fetch)(url, init(question))

const withAuthorization = (question: Question, authorization: string): Question => ({
  ...question,
  headers: { ...question.headers, authorization },
})

function lineOf({ line }: Asker, wish?: LineWish): Line {
  if (!line) throw new Error('a session for Exchange must bring a line of its own')
  return line(wish)
}

type Door = { line: Line; turn: Promise<unknown> }

// One per account and for as long as its session lives: a second verb, or the next page, need not shake hands again.
const doors = new WeakMap<object, Map<string, Door>>()

function doorOf(asker: Asker, origin: string): Door {
  const key: object = asker.line ?? asker.fetch
  const own = doors.get(key) ?? new Map<string, Door>()
  doors.set(key, own)
  const name = createHash('sha256')
    .update(JSON.stringify([origin, asker.user, asker.secret]))
    .digest('base64')
  const door = own.get(name) ?? { line: lineOf(asker), turn: Promise.resolve() }
  if (own.size >= MOST) own.clear()
  own.set(name, door)
  return door
}

/** One after the other: nobody's request may come between the messages of a handshake. */
async function inTurn(
  asker: Asker,
  door: Door,
  scheme: Scheme,
  url: URL,
  question: Question,
): Promise<Response> {
  const mine = door.turn.then(async () => {
    const known = door.line.connections()
    if (known === 0) return shakenHands(asker, door, scheme, url, question)
    // NTLM authenticates the connection: on one that has shaken hands, nothing more need be said.
    const answer = await door.line.fetch(url, init(question))
    if (answer.status !== 401) return answer
    await answer.arrayBuffer()
    return shakenHands(asker, door, scheme, url, question)
  })
  door.turn = mine.catch(() => undefined)
  return mine
}

/** The three messages, over one connection; once more when it changed under them (C30: never a third time). */
async function shakenHands(
  asker: Asker,
  { line }: Door,
  scheme: Scheme,
  url: URL,
  question: Question,
): Promise<Response> {
  const name = scheme === 'ntlm' ? 'NTLM' : 'Negotiate'
  for (let round = 1; ; round++) {
    const first = negotiate()
    const opening = withAuthorization({ ...question, body: '' }, `${name} ${first.toString('base64')}`)
    const told = await line.fetch(url, init(opening))
    const challenge = messageIn(told.headers)
    if (told.status !== 401 || challenge === '') return told
    await told.arrayBuffer()
    const connection = line.connections()
    const third = authenticate({
      first,
      challenge: readChallenge(challenge),
      who: whoIs(asker.user, asker.secret),
      host: url.hostname,
      certificate: line.certificate(),
      now: Date.now(),
    })
    const answer = await line.fetch(
      url,
      init(withAuthorization(question, `${name} ${third.toString('base64')}`)),
    )
    if (answer.status !== 401 || line.connections() === connection) return answer
    if (round === ROUNDS)
      throw new Unreachable(`something before ${url.host} does not keep a connection`, 'bad-answer')
    await answer.arrayBuffer()
  }
}
