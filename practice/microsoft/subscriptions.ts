import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { MINUTE } from '#core/time/model.ts'
import { GraphError, type Call, type Reply } from './call.ts'
import { stamp } from './clock.ts'
import type { Subscription } from './model.ts'
import type { subscriptionPatch, subscriptionPost } from './schema.ts'

/** Shorter wishes are raised to this: learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime */
const SHORTEST = 45 * MINUTE
const RESOURCE =
  /^\/?(?:me|users\/([^/]+))\/(?:events|calendar\/events|calendars(?:\/([^/]+)|\('([^']+)'\))\/events)$/i
const TYPES = ['created', 'updated', 'deleted'] as const

const json = (one: Subscription): object => ({
  id: one.id,
  resource: one.resource,
  applicationId: one.client,
  changeType: one.changeTypes.join(','),
  clientState: one.clientState,
  notificationUrl: one.notificationUrl,
  notificationQueryOptions: null,
  lifecycleNotificationUrl: one.lifecycleNotificationUrl,
  expirationDateTime: stamp(one.until),
  creatorId: one.owner,
  includeResourceData: null,
  latestSupportedTlsVersion: 'v1_2',
  encryptionCertificate: null,
  encryptionCertificateId: null,
  notificationUrlAppId: null,
})
const entity = (call: Call, one: Subscription): object => ({
  '@odata.context': `${call.url}/v1.0/$metadata#subscriptions/$entity`,
  ...json(one),
})

function readUntil(call: Call, text: string): number {
  const asked = Date.parse(text)
  if (asked <= call.store.now())
    throw new GraphError(400, 'ExtensionError', 'Subscription expiration must be in the future.')
  if (asked > call.store.now() + call.store.longestSubscription * MINUTE)
    throw new GraphError(
      400,
      'ExtensionError',
      `Subscription expiration can only be ${call.store.longestSubscription} minutes in the future.`,
    )
  return Math.max(asked, call.store.now() + SHORTEST)
}

// Only https at Microsoft; this server goes nowhere but loopback.
function readAddress(text: string): string {
  const url = URL.parse(text)
  if (
    !url ||
    !['http:', 'https:'].includes(url.protocol) ||
    !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  )
    throw new GraphError(
      400,
      'InvalidRequest',
      'Only https scheme is supported for notification URLs; here, only addresses of this machine.',
    )
  return url.href
}

export async function subscribe(call: Call): Promise<Reply> {
  const { store, person } = call
  const body = call.body as z.infer<typeof subscriptionPost>
  const found = RESOURCE.exec(body.resource)
  if (
    !found ||
    (found[1] !== undefined &&
      ![person.id, person.email.toLowerCase()].includes(decodeURIComponent(found[1]).toLowerCase()))
  )
    throw new GraphError(400, 'InvalidRequest', `Resource not supported: ${body.resource}`)
  const calendar =
    found[2] ??
    found[3] ??
    (/calendar\/events$/i.test(body.resource) ? store.calendarOf(person.email).id : null)
  if (calendar !== null && store.calendars.get(decodeURIComponent(calendar))?.owner !== person.id)
    throw new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
  const changeTypes = body.changeType.split(',').map((type) => type.trim().toLowerCase())
  if (
    changeTypes.length === 0 ||
    !changeTypes.every((type): type is (typeof TYPES)[number] => (TYPES as readonly string[]).includes(type))
  )
    throw new GraphError(400, 'InvalidRequest', `Invalid changeType: ${body.changeType}`)
  const until = readUntil(call, body.expirationDateTime)
  const notificationUrl = readAddress(body.notificationUrl)
  const lifecycleNotificationUrl = body.lifecycleNotificationUrl
    ? readAddress(body.lifecycleNotificationUrl)
    : null
  for (const address of new Set([notificationUrl, lifecycleNotificationUrl])) {
    const trouble = address === null ? null : await call.validate(address)
    if (trouble) throw new GraphError(400, 'ValidationError', trouble)
  }
  const one: Subscription = {
    id: randomUUID(),
    owner: person.id,
    client: call.client,
    resource: body.resource,
    calendar: calendar === null ? null : decodeURIComponent(calendar),
    changeTypes,
    notificationUrl,
    lifecycleNotificationUrl,
    clientState: body.clientState ?? null,
    until,
    immutable: call.prefer.immutable,
    asleep: false,
  }
  store.subscriptions.set(one.id, one)
  store.save()
  return { status: 201, body: entity(call, one) }
}

function find(call: Call): Subscription {
  const one = call.store.subscriptions.get(call.params['subscription']!)
  if (!one || one.owner !== call.person.id || one.until <= call.store.now())
    throw new GraphError(404, 'ResourceNotFound', 'The object was not found.')
  return one
}

export const readSubscription = (call: Call): Reply => ({ status: 200, body: entity(call, find(call)) })

export function listSubscriptions(call: Call): Reply {
  const mine = [...call.store.subscriptions.values()].filter(
    (one) => one.owner === call.person.id && one.until > call.store.now(),
  )
  return {
    status: 200,
    body: { '@odata.context': `${call.url}/v1.0/$metadata#subscriptions`, value: mine.map(json) },
  }
}

/** Longer, and known to be allowed again: learn.microsoft.com/graph/change-notifications-lifecycle-events */
export function renew(call: Call): Reply {
  const one = find(call)
  one.until = readUntil(call, (call.body as z.infer<typeof subscriptionPatch>).expirationDateTime)
  one.asleep = false
  call.store.save()
  return { status: 200, body: entity(call, one) }
}

/** learn.microsoft.com/graph/api/subscription-reauthorize */
export function reauthorize(call: Call): Reply {
  find(call).asleep = false
  call.store.save()
  return { status: 204 }
}

export function unsubscribe(call: Call): Reply {
  call.store.subscriptions.delete(find(call).id)
  call.store.save()
  return { status: 204 }
}
