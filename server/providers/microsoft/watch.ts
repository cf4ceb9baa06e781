import { MINUTE } from '#core/time/model.ts'
import { parseInstant } from '#core/time/wall.ts'
import { NotFound, Unreachable } from '../provider.ts'
import type { Session, Watch, WatchCall, Watching } from '../provider.ts'
import { ask, at, isOk, read } from './ask.ts'
import type { Raw } from './ask.ts'
import { faultOf } from './faults.ts'

// https://learn.microsoft.com/graph/api/resources/subscription: 10 080 minutes for events, and our clock need not
// be Microsoft's.
const LONGEST = 10_070 * MINUTE

/**
 * Change notifications. Where to tell of the subscription's own troubles must be said at the start: it cannot be
 * added later (B15).
 */
export const watch: Watching = { start, renew, stop }

async function start(
  session: Session,
  calendar: string,
  { address, lifecycle, secret, until }: WatchCall,
): Promise<Watch> {
  const body = {
    changeType: 'created,updated,deleted',
    notificationUrl: address,
    lifecycleNotificationUrl: lifecycle,
    resource: `me/calendars/${calendar}/events`,
    expirationDateTime: endOf(until),
    clientState: secret,
  }
  const made = read(await ask(session, at(session, ['subscriptions']), { method: 'POST', body }))
  return watchIn(made, body.resource)
}

/**
 * Also says yes again when Graph asks for it (`reauthorizationRequired`). NotFound when the subscription is no
 * more.
 */
async function renew(session: Session, { id, resource }: Watch, until: number): Promise<Watch> {
  const where = at(session, ['subscriptions', id])
  return watchIn(
    read(await ask(session, where, { method: 'PATCH', body: { expirationDateTime: endOf(until) } })),
    resource,
  )
}

async function stop(session: Session, { id }: Watch): Promise<void> {
  const answer = await ask(session, at(session, ['subscriptions', id]), { method: 'DELETE' })
  if (isOk(answer)) return
  const fault = faultOf(answer)
  if (!(fault instanceof NotFound)) throw fault
}

const endOf = (until: number): string => new Date(Math.min(until, Date.now() + LONGEST)).toISOString()

/** What was granted, not what was asked for. */
function watchIn({ id, resource, expirationDateTime }: Raw, asked: string): Watch {
  const until = typeof expirationDateTime === 'string' ? parseInstant(expirationDateTime) : null
  if (typeof id !== 'string' || id === '' || until === null)
    throw new Unreachable('a subscription without an id or an end', 'bad-answer')
  return { id, resource: typeof resource === 'string' && resource !== '' ? resource : asked, until }
}
