import { Unreachable } from '../provider.ts'
import type { Session, Watch, WatchCall, Watching } from '../provider.ts'
import { ask, isOk, read } from './ask.ts'
import { faultOf } from './faults.ts'

/** Channels (https://developers.google.com/workspace/calendar/api/guides/push): a knock says nothing but "look", and none can be made longer. */
export const watch: Watching = { start, renew: null, stop }

async function start(session: Session, calendar: string, call: WatchCall): Promise<Watch> {
  const seconds = Math.max(60, Math.floor((call.until - Date.now()) / 1000))
  const answer = await ask(session, session.address, ['calendars', calendar, 'events', 'watch'], {
    method: 'POST',
    body: {
      id: call.id,
      type: 'web_hook',
      address: call.address,
      token: call.secret,
      params: { ttl: String(seconds) },
    },
  })
  const { resourceId, expiration } = read(answer)
  if (typeof resourceId !== 'string' || resourceId === '')
    throw new Unreachable(`${answer.host} promised nothing that could be ended`, 'bad-answer')
  // What counts is how long Google says it will knock, not how long we asked it to.
  const until = Number(expiration)
  return { id: call.id, resource: resourceId, until: until > 0 ? until : call.until }
}

async function stop(session: Session, { id, resource }: Watch): Promise<void> {
  const answer = await ask(session, session.address, ['channels', 'stop'], {
    method: 'POST',
    body: { id, resourceId: resource },
  })
  if (!isOk(answer) && answer.status !== 404 && answer.status !== 410) throw faultOf(answer)
}
