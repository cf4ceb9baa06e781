import { randomBytes } from 'node:crypto'
import { MINUTE } from '#core/time/model.ts'
import { foldersIn, is, type Call } from './call.ts'
import { writeTime } from './clock.ts'
import type { EventType, Folder, Happening, Subscription } from './model.ts'
import { each, Refused } from './reply.ts'
import { child, el, textOf, type Xml } from './xml.ts'
import type { PracticeStore } from './store.ts'

export type Notice = { type: EventType; happening: Happening; at: number; mark: string }

const NAMES: Record<Happening['kind'], EventType> = {
  created: 'CreatedEvent',
  modified: 'ModifiedEvent',
  deleted: 'DeletedEvent',
  moved: 'MovedEvent',
}

/** What each subscription has not been told yet. */
export class Notices {
  #waiting = new Map<string, Notice[]>()
  #listeners = new Set<() => void>()
  #store: PracticeStore
  constructor(store: PracticeStore) {
    this.#store = store
    store.onChange((happening) => this.#keep(happening))
  }

  #keep(happening: Happening): void {
    const folder = this.#store.folders.get(happening.item.folder)
    if (!folder) return
    for (const one of this.#store.subscriptions.values()) {
      const type = NAMES[happening.kind]
      const here =
        one.folders === null ||
        one.folders.includes(folder.id) ||
        (happening.from && one.folders.includes(happening.from.folder))
      if (one.owner !== folder.owner || !here || !one.types.includes(type)) continue
      const list = this.#waiting.get(one.id) ?? []
      list.push({ type, happening, at: this.#store.now(), mark: newMark() })
      this.#waiting.set(one.id, list)
    }
    for (const listener of this.#listeners) listener()
  }

  take(subscription: string): Notice[] {
    const list = this.#waiting.get(subscription) ?? []
    this.#waiting.delete(subscription)
    return list
  }

  onNotice(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}

const newMark = (): string => randomBytes(18).toString('base64')
const idXml = (name: string, id: string, changeKey?: string): Xml =>
  el(name, { Id: id, ChangeKey: changeKey })

function eventXml(
  { store, zone }: Pick<Call, 'store' | 'zone'>,
  { type, happening: { item, from }, at, mark }: Notice,
): Xml {
  const parent = (id: string, name = 't:ParentFolderId') => idXml(name, id, store.folders.get(id)?.changeKey)
  return el(
    `t:${type}`,
    null,
    el('t:Watermark', null, mark),
    el('t:TimeStamp', null, writeTime(at, zone)),
    idXml('t:ItemId', item.id, item.changeKey),
    parent(item.folder),
    from ? [idXml('t:OldItemId', from.id), parent(from.folder, 't:OldParentFolderId')] : null,
  )
}

const status = (): Xml => el('t:StatusEvent', null, el('t:Watermark', null, newMark()))

/** A notification as it stands in GetEvents and in a stream; with nothing to tell it says that it is alive. */
export const notificationXml = (
  call: Pick<Call, 'store' | 'zone'>,
  { id, kind }: Subscription,
  notices: Notice[],
  name = 'm:Notification',
): Xml =>
  el(
    name,
    null,
    el('t:SubscriptionId', null, id),
    kind === 'pull' ? [el('t:PreviousWatermark', null, newMark()), el('t:MoreEvents', null, false)] : null,
    notices.length > 0 ? notices.map((one) => eventXml(call, one)) : status(),
  )

/** learn.microsoft.com/exchange/client-developer/exchange-web-services/notification-subscriptions-mailbox-events-and-ews-in-exchange */
export function subscribe(call: Call): Xml {
  const { store, person, body } = call
  return each('Subscribe', body.children, (request) => {
    const pull = request.name === 'PullSubscriptionRequest'
    const wished = child(request, 'FolderIds')
    const all = is(request.attributes['SubscribeToAllFolders'])
    if (all === (wished !== undefined)) throw new Refused('ErrorInvalidSubscriptionRequest')
    const folders: Folder[] | null = wished ? foldersIn(call, wished) : null
    const mine = [...store.subscriptions.values()].filter(({ owner }) => owner === person.id)
    if (mine.length >= store.subscriptionsAllowed) throw new Refused('ErrorExceededSubscriptionCount')
    const one: Subscription = {
      id: randomBytes(42).toString('base64'),
      owner: person.id,
      kind: pull ? 'pull' : 'streaming',
      folders: folders && folders.map(({ id }) => id),
      types: child(request, 'EventTypes')!.children.map(({ text }) => text as EventType),
      until: store.now() + (pull ? Number(textOf(request, 'Timeout')) * MINUTE : 30 * MINUTE),
    }
    store.subscriptions.set(one.id, one)
    return [el('m:SubscriptionId', null, one.id), pull ? el('m:Watermark', null, newMark()) : null]
  })
}

export function findSubscription(
  { store, person }: Pick<Call, 'store' | 'person'>,
  id: string,
): Subscription {
  const one = store.subscriptions.get(id)
  if (!one || (one.kind === 'pull' && one.until < store.now())) throw new Refused('ErrorSubscriptionNotFound')
  if (one.owner !== person.id) throw new Refused('ErrorSubscriptionAccessDenied')
  return one
}

export function unsubscribe(call: Call): Xml {
  return each('Unsubscribe', [call.body], () => {
    call.store.subscriptions.delete(findSubscription(call, textOf(call.body, 'SubscriptionId')!).id)
  })
}

export const getEvents =
  (notices: Notices) =>
  (call: Call): Xml =>
    each('GetEvents', [call.body], () => {
      const one = findSubscription(call, textOf(call.body, 'SubscriptionId')!)
      return notificationXml(call, one, notices.take(one.id))
    })
