import type { ServerResponse } from 'node:http'
import type { Call } from './call.ts'
import { readZone } from './clock.ts'
import type { Fault, Refusal } from './faults.ts'
import type { Person } from './model.ts'
import { operations } from './operations.ts'
import { bad, envelope, faultBody, respond, SoapFault } from './reply.ts'
import { judge, rootType } from './schema.ts'
import type { PracticeStore } from './store.ts'
import { getStreamingEvents } from './streaming.ts'
import { Notices } from './subscriptions.ts'
import { isVersion, knows, type ExchangeVersion } from './versions.ts'
import { child, el, NotXml, readXml, type Node, type Xml } from './xml.ts'

/** An own answer that our own tables refuse: the mistake is ours, and no test may pass over it. */
export class Broken extends Error {}

/** `faulty`: a fault made it what it is. */
export type Told = { status: number; text: string; faulty: boolean }
/** Opens an answer without an end; null when there are too many already. */
export type OpenStream = () => { response: ServerResponse; write(text: string): void } | null

const MAILBOXES: Partial<Record<Person['mailbox'], { status: number; refusal: Refusal }>> = {
  none: {
    status: 500,
    refusal: { code: 'ErrorNonExistentMailbox', text: 'The SMTP address has no mailbox associated with it.' },
  },
  moving: { status: 500, refusal: { code: 'ErrorMailboxMoveInProgress' } },
  cloud: {
    status: 403,
    refusal: { code: 'ErrorAccessDenied', text: 'EWS is disabled for this organization.' },
  },
}

/** The name of the operation in a request, as far as it can be seen without reading it. */
export const operationIn = (text: string): string | null =>
  /<(?:[\w.-]+:)?Body\b[^>]*>\s*(?:<!--[\s\S]*?-->\s*)*<(?:[\w.-]+:)?(\w+)/
    .exec(text)?.[1]
    ?.replace(/^(GetUserAvailability)Request$/, '$1') ?? null

export class Ews {
  #store: PracticeStore
  #notices: Notices
  #operations: ReturnType<typeof operations>
  constructor(store: PracticeStore) {
    this.#store = store
    this.#notices = new Notices(store)
    this.#operations = operations(this.#notices)
  }

  /** null: a stream was opened, and answers by itself. */
  answer(text: string, person: Person, fault: Fault | null, openStream: OpenStream): Told | null {
    let version: ExchangeVersion = this.#store.version
    try {
      if (fault?.fault && !fault.saved) throw new SoapFault(fault.fault)
      const shut = MAILBOXES[person.mailbox]
      if (shut) return this.#tell(version, faultBody(shut.refusal), shut.status)
      const root = this.#read(text)
      version = this.#version(root)
      const call = this.#call(root, person, version)
      const name = call.body.name
      if (fault?.message && !fault.saved) return this.#instead(call, fault.message)
      const done =
        name === 'GetStreamingEvents' ? this.#stream(call, openStream) : this.#operations[name]!(call)
      if (done === null) return null
      if (fault?.fault) throw new SoapFault(fault.fault)
      if (fault?.message) return this.#instead(call, fault.message)
      if (fault?.empty) return this.#tell(version, respond(name, null), 200, true)
      return this.#tell(version, done, 200)
    } catch (error) {
      if (!(error instanceof SoapFault)) throw error
      return this.#tell(version, faultBody(error.refusal, error.violation), 500)
    }
  }

  #read(text: string): Node {
    try {
      return readXml(text)
    } catch (error) {
      if (!(error instanceof NotXml)) throw error
      throw new SoapFault({ code: 'ErrorInvalidRequest', text: 'The request is invalid.' })
    }
  }

  /** Refuses what the schema refuses, and what is too young for the version that was asked for, or for the server. */
  #version(root: Node): ExchangeVersion {
    const said =
      child(child(root, 'Header'), 'RequestServerVersion')?.attributes['Version'] ?? 'Exchange2007_SP1'
    if (!isVersion(said))
      throw new SoapFault({ code: 'ErrorInvalidRequest', text: 'The request is invalid.' })
    if (!knows(this.#store.version, said)) throw new SoapFault({ code: 'ErrorInvalidServerVersion' })
    const { wrong, needs, because } = judge(root)
    if (wrong) throw new SoapFault({ code: 'ErrorSchemaValidation' }, wrong)
    if (!knows(this.#store.version, needs))
      throw new SoapFault(
        { code: 'ErrorSchemaValidation' },
        { text: `'${because}' is not known to this schema.`, line: 1 },
      )
    const basic = needs === 'Exchange2007_SP1'
    if (!knows(said, needs) && !basic) throw new SoapFault({ code: 'ErrorIncorrectSchemaVersion' })
    return said
  }

  #call(root: Node, person: Person, version: ExchangeVersion): Call {
    const header = child(root, 'Header')
    const zoneName = child(child(header, 'TimeZoneContext'), 'TimeZoneDefinition')?.attributes['Id'] ?? 'UTC'
    const zone = readZone(zoneName)
    if (zone === null) throw new SoapFault({ code: 'ErrorTimeZone' })
    const other = child(child(header, 'ExchangeImpersonation'), 'ConnectingSID')?.children[0]?.text
    if (other !== undefined && other.toLowerCase() !== person.email.toLowerCase())
      throw new SoapFault({ code: 'ErrorImpersonateUserDenied' })
    const body = child(root, 'Body')!.children[0]!
    if (!(body.name in this.#operations) && body.name !== 'GetStreamingEvents')
      throw new SoapFault({ code: 'ErrorInvalidRequest', text: 'The request is invalid.' })
    return { store: this.#store, person, version, zone, zoneName, body }
  }

  #stream(call: Call, openStream: OpenStream): Xml | null {
    const refused = () =>
      respond(
        'GetStreamingEvents',
        bad('GetStreamingEvents', {
          code: 'ErrorExceededConnectionCount',
          text: 'You have exceeded the available concurrent connections for your account.',
        }),
      )
    let full = false
    const answer = getStreamingEvents(call, this.#notices, () => {
      const opened = openStream()
      full = opened === null
      return (
        opened && {
          response: opened.response,
          write: (body) => opened.write(this.#tell(call.version, body, 200).text),
        }
      )
    })
    return full ? refused() : answer
  }

  /** A response message that is an error, for each thing that was asked. */
  #instead(call: Call, refusal: Refusal): Told {
    const many = Math.max(
      1,
      ['ItemIds', 'Items', 'ItemChanges', 'FolderIds']
        .flatMap((name) => child(call.body, name)?.children.length ?? [])
        .at(0) ?? 1,
    )
    const name = call.body.name
    const needsItems = ['GetItem', 'CreateItem', 'UpdateItem', 'MoveItem'].includes(name)
    const one = bad(name, refusal, needsItems ? el('m:Items', null) : null)
    if (name === 'GetUserAvailabilityRequest') throw new SoapFault(refusal)
    return this.#tell(
      call.version,
      respond(
        name,
        Array.from({ length: many }, () => one),
      ),
      200,
    )
  }

  #tell(version: ExchangeVersion, body: Xml, status: number, faulty = false): Told {
    const text = envelope(this.#store.version, body, this.#store.prefixes)
    if (!faulty) {
      const root = readXml(text)
      const { wrong, needs, because } = judge(root)
      const only = child(root, 'Body')!.children[0]!
      if (wrong)
        throw new Broken(`${only.name} was about to be what its schema refuses: ${wrong.text}\n${text}`)
      if (rootType(only) && !knows(version, needs) && needs !== 'Exchange2007_SP1')
        throw new Broken(`${only.name} was about to tell ${because} to ${version}`)
    }
    return { status, text, faulty }
  }
}
