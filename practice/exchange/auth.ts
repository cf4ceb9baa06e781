import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Scheme } from './behaviour.ts'
import type { Person } from './model.ts'
import { bindingOf, challenge, kindOf, verify, type Challenge, type Verified } from './ntlm.ts'
import type { PracticeStore } from './store.ts'

export type Caller = { person: Person; scheme: 'Basic' | 'NTLM' }
/** Who asks; or the challenges to answer 401 with, and why. */
export type Asked = { caller: Caller } | { caller: null; challenges: string[]; why: string }

/** Basic, and NTLM, which signs in a connection and not a request ([MS-NTHT] 2.2.1). */
export class Auth {
  #store: PracticeStore
  #certificate: Buffer | null
  #under = new WeakMap<Socket, Challenge>()
  #signedIn = new WeakMap<Socket, Caller>()
  /** What became of each NTLM answer. */
  readonly verdicts: (Exclude<Verified, { person: Person }>['refused'] | 'good')[] = []

  constructor(store: PracticeStore, certificate: Buffer | null) {
    this.#store = store
    this.#certificate = certificate
  }

  find(user: string, domain: string): Person | null {
    const [before, name] = user.includes('\\') ? (user.split('\\', 2) as [string, string]) : [domain, user]
    const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
    const fits = (one: Person) =>
      same(one.email, name) || (same(one.user, name) && (before === '' || same(one.domain, before)))
    return [...this.#store.people.values()].find(fits) ?? null
  }

  ask(request: IncomingMessage): Asked {
    const header = request.headers.authorization ?? ''
    const [scheme = '', token = ''] = header.split(' ')
    if (header === '') {
      const held = this.#signedIn.get(request.socket)
      return held ? { caller: held } : this.#refuse('nothing was shown')
    }
    const offered = this.#store.schemes.find((one) => one.toLowerCase() === scheme.toLowerCase())
    if (offered === undefined) return this.#refuse(`${scheme} is not offered`)
    return offered === 'Basic'
      ? this.#basic(token)
      : this.#ntlm(request.socket, offered, Buffer.from(token, 'base64'))
  }

  #basic(token: string): Asked {
    const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(token, 'base64').toString('utf8')) ?? []
    const person = user === undefined ? null : this.find(user, '')
    return person && person.password === password
      ? { caller: { person, scheme: 'Basic' } }
      : this.#refuse('a wrong name or password')
  }

  #ntlm(socket: Socket, scheme: Scheme, message: Buffer): Asked {
    const kind = kindOf(message)
    if (kind === 1 && message.length >= 16) {
      this.#signedIn.delete(socket)
      const made = challenge(message, 'PRACTICE', this.#store.now())
      this.#under.set(socket, made)
      return { caller: null, challenges: [`${scheme} ${made.message.toString('base64')}`], why: 'challenged' }
    }
    const before = this.#under.get(socket)
    this.#under.delete(socket)
    if (kind !== 3 || !before)
      return this.#refuse(kind === 3 ? 'an answer on another connection' : 'not NTLM')
    const verdict = verify(message, before, {
      find: (user, domain) => this.find(user, domain),
      binding: this.#certificate && bindingOf(this.#certificate),
      protection: this.#store.extendedProtection,
      now: this.#store.now(),
      clock: this.#store.ntlmClock,
    })
    this.verdicts.push('person' in verdict ? 'good' : verdict.refused)
    if (!('person' in verdict)) return this.#refuse(verdict.refused)
    const caller: Caller = { person: verdict.person, scheme: 'NTLM' }
    this.#signedIn.set(socket, caller)
    return { caller }
  }

  #refuse(why: string): Asked {
    return {
      caller: null,
      why,
      challenges: this.#store.schemes.map((one) =>
        one === 'Basic' ? 'Basic realm="practice.example"' : one,
      ),
    }
  }
}
