import { NotFound, Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { ask, messagesOf } from './ask.ts'
import type { Message } from './ask.ts'
import { shape } from './fields.ts'
import type { Field } from './fields.ts'
import { itemId } from './folder.ts'
import { MARK, markUri, WROTE } from './mark.ts'
import { child } from './parse.ts'
import type { Element } from './parse.ts'
import { xml } from './soap.ts'

const BATCH = 10

/** `unreadable` is what the server itself cannot give out; `denied` what it may not. */
export type Told =
  | { kind: 'item'; item: Element }
  | { kind: 'gone' }
  | { kind: 'denied' }
  | { kind: 'unreadable' }

/** Items by their ids, in their order. One that breaks the server costs only itself. */
export async function getItems(
  session: Session,
  ids: readonly string[],
  fields: readonly Field[],
): Promise<Told[]> {
  const told: Told[] = []
  for (let at = 0; at < ids.length; at += BATCH)
    told.push(...(await batch(session, ids.slice(at, at + BATCH), fields)))
  return told
}

async function batch(session: Session, ids: readonly string[], fields: readonly Field[]): Promise<Told[]> {
  try {
    return (await get(session, ids, fields)).map(toldBy)
  } catch (error) {
    if (ids.length === 1 || !(error instanceof Unreachable) || !ONE_BY_ONE.includes(error.reason)) throw error
    const each: (Told | Unreachable)[] = []
    for (const id of ids) each.push(await alone(session, id, fields))
    // If it broke at every one of them, it is not the items that are broken.
    if (each.every((one) => one instanceof Unreachable)) throw error
    return each.map((one) => (one instanceof Unreachable ? { kind: 'unreadable' } : one))
  }
}
const ONE_BY_ONE: Unreachable['reason'][] = ['server-error', 'bad-answer', 'too-large']

async function alone(session: Session, id: string, fields: readonly Field[]): Promise<Told | Unreachable> {
  try {
    return toldBy((await get(session, [id], fields))[0]!)
  } catch (error) {
    if (error instanceof Unreachable && ONE_BY_ONE.includes(error.reason)) return error
    throw error
  }
}

async function get(session: Session, ids: readonly string[], fields: readonly Field[]): Promise<Message[]> {
  const marks = fields.includes('item:Body') ? [markUri(MARK), markUri(WROTE)] : [markUri(MARK)]
  const reply = await ask(
    session,
    'GetItem',
    xml`<m:GetItem><m:ItemShape>${shape(fields, marks)}</m:ItemShape><m:ItemIds>${ids.map((id) => itemId(id))}</m:ItemIds></m:GetItem>`,
  )
  const messages = messagesOf(reply)
  if (messages.length !== ids.length) throw new Unreachable(`${reply.host} answered for others`, 'bad-answer')
  return messages
}

function toldBy({ element, fault }: Message): Told {
  if (fault instanceof NotFound) return { kind: 'gone' }
  if (fault instanceof Unreachable) return { kind: fault.reason === 'forbidden' ? 'denied' : 'unreadable' }
  if (fault) throw fault
  const item = child(element, 'Items')?.children[0]
  return item ? { kind: 'item', item } : { kind: 'unreadable' }
}
