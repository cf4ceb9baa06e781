import type { ServerResponse } from 'node:http'
import type { Call } from './call.ts'
import { bad, good, Refused, respond } from './reply.ts'
import { findSubscription, notificationXml, type Notices } from './subscriptions.ts'
import { child, el, textOf, type Xml } from './xml.ts'

const NAME = 'GetStreamingEvents'
/** learn.microsoft.com/exchange/client-developer/web-service-reference/getstreamingevents */
const SUBSCRIPTIONS = 200

export type Stream = { response: ServerResponse; write(body: Xml): void }

/**
 * One chunked answer in which whole envelopes follow each other: first that it is open, then what happens, now and then that it is
 * alive, in the end that it is closed. null: it is open; else what to answer instead.
 */
export function getStreamingEvents(call: Call, notices: Notices, open: () => Stream | null): Xml | null {
  const { store, body } = call
  const ids = child(body, 'SubscriptionIds')!.children.map(({ text }) => text)
  if (ids.length > SUBSCRIPTIONS) return respond(NAME, bad(NAME, { code: 'ErrorTooManyObjectsOpened' }))
  const lost = ids.filter((id) => !known(call, id))
  if (lost.length > 0)
    return respond(
      NAME,
      bad(
        NAME,
        { code: 'ErrorSubscriptionNotFound', text: 'The specified subscription was not found.' },
        lostXml(lost),
      ),
    )
  const opened = open()
  if (!opened) return null
  const { response, write } = opened
  const status = (text: 'OK' | 'Closed') =>
    write(respond(NAME, good(NAME, el('m:ConnectionStatus', null, text))))
  const tell = (silent: boolean) => {
    const gone = ids.filter((id) => !known(call, id))
    if (gone.length > 0) {
      write(
        respond(
          NAME,
          bad(
            NAME,
            { code: 'ErrorSubscriptionNotFound', text: 'The specified subscription was not found.' },
            lostXml(gone),
          ),
        ),
      )
      return end()
    }
    const told = ids
      .map((id) => ({ one: findSubscription(call, id), list: notices.take(id) }))
      .filter(({ list }) => silent || list.length > 0)
    if (told.length === 0) return
    write(
      respond(
        NAME,
        good(
          NAME,
          el(
            'm:Notifications',
            null,
            told.map(({ one, list }) => notificationXml(call, one, list, 't:Notification')),
          ),
        ),
      ),
    )
  }
  let pending: NodeJS.Immediate | null = null
  const stops = [
    notices.onNotice(() => {
      pending ??= setImmediate(() => {
        pending = null
        if (!response.writableEnded) tell(false)
      })
    }),
    store.onClose((how) => (how === 'cut' ? response.destroy() : close())),
  ]
  const beat = setInterval(() => tell(true), store.heartbeat)
  const over = setTimeout(() => close(), Number(textOf(body, 'ConnectionTimeout')) * store.minute)
  function end(): void {
    for (const stop of stops) stop()
    clearInterval(beat)
    clearTimeout(over)
    if (pending) clearImmediate(pending)
    response.end()
  }
  function close(): void {
    status('Closed')
    end()
  }
  response.once('close', end)
  status('OK')
  tell(false)
  return null
}

const lostXml = (ids: string[]): Xml =>
  el(
    'm:ErrorSubscriptionIds',
    null,
    ids.map((id) => el('t:SubscriptionId', null, id)),
  )
function known(call: Call, id: string): boolean {
  try {
    return findSubscription(call, id).kind === 'streaming'
  } catch (error) {
    if (error instanceof Refused) return false
    throw error
  }
}
