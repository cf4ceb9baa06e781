import { createHash } from 'node:crypto'
import { DAY } from '#core/time/model.ts'
import { calendarOf, type Call } from './call.ts'
import { invalid, Refusal, required } from './refusal.ts'
import type { Reply } from './reply.ts'
import type { GoogleChannel } from './model.ts'
import type { GoogleStore } from './store.ts'

export type Push = {
  at: number
  channelId: string
  address: string
  token: string | null
  resourceId: string
  state: 'sync' | 'exists' | 'not_exists'
  number: number
  headers: Record<string, string>
  /** What the receiver answered; null: nobody did, or the knock was never sent. */
  status: number | null
}

type Body = {
  id?: string
  type?: string
  address?: string
  token?: string
  expiration?: string
  params?: Record<string, string>
}

const LIFE = 7 * DAY
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const resourceIdOf = (calendarId: string): string =>
  createHash('sha256').update(calendarId).digest('base64url').slice(0, 27)

// developers.google.com/workspace/calendar/api/guides/push, for the whole file.
export class Pushes {
  readonly sent: Push[] = []
  readonly #store: GoogleStore
  readonly #url: string
  readonly #running = new Set<Promise<void>>()

  constructor(store: GoogleStore, url: string) {
    this.#store = store
    this.#url = url
    store.onChange = (calendarId) => {
      for (const channel of store.channels.values())
        if (channel.calendarId === calendarId && channel.expiration > store.now())
          this.#knock(channel, 'exists')
    }
  }

  watch(call: Call): Reply {
    const { calendar } = calendarOf(call)
    const body = call.body as Body
    if (!body.id) throw required('Required')
    if (!/^[A-Za-z0-9+/=_-]{1,64}$/.test(body.id)) throw invalid('Invalid value for: id')
    if (body.type !== 'web_hook' && body.type !== 'webhook')
      throw new Refusal(400, 'push.channelTypeNotSupported', 'Channel type not supported.')
    if ((body.token ?? '').length > 256) throw invalid('Invalid value for: token')
    if (this.#store.channels.has(body.id))
      throw new Refusal(400, 'channelIdNotUnique', `Channel id ${body.id} not unique`)
    const channel: GoogleChannel = {
      id: body.id,
      resourceId: resourceIdOf(calendar.id),
      calendarId: calendar.id,
      user: call.user.email,
      address: checked(body.address),
      token: body.token ?? null,
      expiration: this.#end(body),
      number: 0,
    }
    this.#store.channels.set(channel.id, channel)
    this.#store.save()
    this.#knock(channel, 'sync')
    return {
      status: 200,
      body: {
        kind: 'api#channel',
        id: channel.id,
        resourceId: channel.resourceId,
        resourceUri: this.#resource(channel),
        ...(channel.token === null ? {} : { token: channel.token }),
        expiration: String(channel.expiration),
      },
    }
  }

  // Seven days unless asked for less; asking for more is no error, so only the answer says how long it lasts.
  #end({ expiration, params }: Body): number {
    const now = this.#store.now()
    if (params?.['ttl'] !== undefined && !/^\d+$/.test(params['ttl']))
      throw invalid('Invalid value for: params.ttl')
    const asked =
      params?.['ttl'] !== undefined
        ? now + Number(params['ttl']) * 1000
        : expiration !== undefined
          ? Number(expiration)
          : now + LIFE
    if (asked <= now) throw invalid('Invalid value for: expiration')
    return Math.min(asked, now + LIFE)
  }

  stop({ body, user }: Call): Reply {
    const { id, resourceId } = body as { id?: string; resourceId?: string }
    if (!id || !resourceId) throw required('Required')
    const channel = this.#store.channels.get(id)
    if (
      !channel ||
      channel.resourceId !== resourceId ||
      channel.user !== user.email ||
      channel.expiration <= this.#store.now()
    )
      throw new Refusal(404, 'notFound', `Channel '${id}' not found for project '1'`)
    this.#store.stopChannel(id)
    return { status: 204 }
  }

  #resource = ({ calendarId }: GoogleChannel): string =>
    `${this.#url}/calendar/v3/calendars/${encodeURIComponent(calendarId)}/events?alt=json`

  /** Message numbers rise and are not without gaps. */
  #knock(channel: GoogleChannel, state: Push['state']): void {
    channel.number = channel.number === 0 ? 1 : channel.number + 1 + (channel.number % 3)
    const headers = {
      'content-length': '0',
      'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
      'x-goog-channel-id': channel.id,
      'x-goog-channel-expiration': new Date(channel.expiration).toUTCString(),
      'x-goog-resource-state': state,
      'x-goog-message-number': String(channel.number),
      'x-goog-resource-id': channel.resourceId,
      'x-goog-resource-uri': this.#resource(channel),
      ...(channel.token === null ? {} : { 'x-goog-channel-token': channel.token }),
    }
    const push: Push = {
      at: this.#store.now(),
      channelId: channel.id,
      address: channel.address,
      token: channel.token,
      resourceId: channel.resourceId,
      state,
      number: channel.number,
      headers,
      status: null,
    }
    this.sent.push(push)
    if (!this.#store.behaviour.pushes || !LOOPBACK.has(new URL(channel.address).hostname)) return
    // After the answer to the request that caused it.
    const running = new Promise((done) => setTimeout(done, 1))
      .then(() => deliver(push))
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}

async function deliver(push: Push): Promise<void> {
  const { 'content-length': _, ...headers } = push.headers
  try {
    const answer = await fetch(push.address, {
      method: 'POST',
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(5000),
    })
    await answer.body?.cancel()
    push.status = answer.status
  } catch {
    push.status = null // nobody there: Google gives no sign of that to the app either
  }
}

/** https with a name of its own; on loopback plain http too, since nobody there has a certificate. */
function checked(address: string | undefined): string {
  if (!address) throw required('Required')
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url || !/^https?:$/.test(url.protocol)) throw invalid('Invalid value for: address')
  if (url.protocol !== 'https:' && !LOOPBACK.has(url.hostname))
    throw new Refusal(400, 'push.webhookUrlNotHttps', `WebHook callback must be HTTPS: ${address}`)
  return address
}
