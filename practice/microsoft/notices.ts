import { randomUUID } from 'node:crypto'
import { stamp } from './clock.ts'
import type { Happening, Subscription } from './model.ts'
import { changeNotice, lifecycleNotice } from './schema.ts'
import type { PracticeStore } from './store.ts'
import { etagOf } from './view.ts'

/** learn.microsoft.com/graph/change-notifications-delivery-webhooks: ten seconds to prove an address, three to take a notice. */
const PROOF = 10_000
const DELIVERY = 3_000

export type Push = {
  kind: 'validation' | 'change' | 'lifecycle'
  url: string
  body: unknown
  status: number | null
}
export type Lifecycle = 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed'

/** What this server sends of its own accord, to addresses on this machine. */
export class Notices {
  readonly pushes: Push[] = []
  #store: PracticeStore
  #underWay = new Set<Promise<unknown>>()

  constructor(store: PracticeStore) {
    this.#store = store
    store.onChange((happening) => this.#tell(happening))
  }

  /** null when the address proved itself, or else what is to be said. */
  async validate(address: string): Promise<string | null> {
    const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`
    const url = new URL(address)
    url.searchParams.set('validationToken', token)
    const push: Push = { kind: 'validation', url: url.href, body: null, status: null }
    this.pushes.push(push)
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        redirect: 'manual',
        signal: AbortSignal.timeout(PROOF),
      })
      push.status = answer.status
      const text = await answer.text()
      if (answer.status !== 200)
        return `Subscription validation request failed. HTTP status code is '${answer.status}'. Notification endpoint must respond with 200 OK to validation request.`
      if (!/^text\/plain\b/i.test(answer.headers.get('content-type') ?? '') || text !== token)
        return 'Subscription validation request failed. Response must exactly match validationToken query parameter.'
      return null
    } catch (error) {
      return (error as Error).name === 'TimeoutError'
        ? 'Subscription validation request timed out.'
        : 'Subscription validation request failed. The notification endpoint could not be reached.'
    }
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay)
  }

  #tell({ kind, event }: Happening): void {
    const store = this.#store
    const owner = store.people.get(store.calendars.get(event.calendar)?.owner ?? '')
    if (store.deaf || !owner) return
    for (const one of store.subscriptions.values()) {
      if (
        one.owner !== owner.id ||
        one.asleep ||
        one.until <= store.now() ||
        !one.changeTypes.includes(kind) ||
        (one.calendar !== null && one.calendar !== event.calendar)
      )
        continue
      const id = one.immutable ? event.id : event.place
      const resource = `Users/${owner.id}/Events/${id}`
      this.#post(
        'change',
        one.notificationUrl,
        changeNotice.parse({
          value: [
            {
              ...this.#head(one, owner.tenant),
              changeType: kind,
              resource,
              resourceData: {
                '@odata.type': '#Microsoft.Graph.Event',
                '@odata.id': resource,
                '@odata.etag': etagOf(event),
                id,
              },
            },
          ],
        }),
      )
    }
  }

  #head = (one: Subscription, tenantId: string) => ({
    subscriptionId: one.id,
    subscriptionExpirationDateTime: stamp(one.until),
    tenantId,
    clientState: one.clientState,
  })

  async lifecycle(event: Lifecycle, id?: string): Promise<void> {
    for (const one of [...this.#store.subscriptions.values()].filter(
      (each) => id === undefined || each.id === id,
    )) {
      if (event === 'subscriptionRemoved') this.#store.subscriptions.delete(one.id)
      if (event === 'reauthorizationRequired') one.asleep = true
      const tenant = this.#store.people.get(one.owner)!.tenant
      if (one.lifecycleNotificationUrl)
        this.#post(
          'lifecycle',
          one.lifecycleNotificationUrl,
          lifecycleNotice.parse({ value: [{ ...this.#head(one, tenant), lifecycleEvent: event }] }),
        )
    }
    this.#store.save()
    await this.settled()
  }

  #post(kind: Push['kind'], url: string, body: object): void {
    const push: Push = { kind, url, body, status: null }
    this.pushes.push(push)
    if (this.pushes.length > 50_000) this.pushes.splice(0, 25_000)
    const sent = fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(DELIVERY),
    })
      .then(async (answer) => {
        push.status = answer.status
        await answer.body?.cancel()
      })
      // Nobody there: the notice is lost, as it is at Microsoft in the end.
      .catch(() => undefined)
      .finally(() => this.#underWay.delete(sent))
    this.#underWay.add(sent)
  }
}
