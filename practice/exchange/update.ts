import { findFolder, findItem, is, keyOf, type Call, type Found } from './call.ts'
import { extendedField, pathOf } from './extended.ts'
import { tellAttendees, tellCancelled, type Mode } from './invitations.ts'
import type { Item } from './model.ts'
import { itemIdXml } from './properties.ts'
import { each, Refused } from './reply.ts'
import { elementsOf } from './schema.ts'
import { child, el, textOf, type Node, type Xml } from './xml.ts'
import { erase, settle, write, type Written } from './writing.ts'

const NO_ITEMS = el('m:Items', null)

/** learn.microsoft.com/exchange/client-developer/web-service-reference/updateitem, ConflictResolution */
function checkKey({ body }: Call, found: Found): void {
  const how = body.attributes['ConflictResolution']
  if (how === 'AlwaysOverwrite') return
  if (found.changeKey === null) throw new Refused('ErrorChangeKeyRequiredForWriteOperations')
  if (how === 'NeverOverwrite' && found.changeKey !== keyOf(found))
    throw new Refused('ErrorIrresolvableConflict')
}

/** One SetItemField or DeleteItemField: a path, and in its item the one element that the path leads to. */
function readUpdate(item: Item, node: Node): Written {
  const path = node.children[0]!
  const { kind, field } = pathOf(path)
  if (node.name === 'DeleteItemField')
    return kind === 'extended'
      ? { extended: item.extended.filter((one) => one.field !== field) }
      : erase(item, field)
  const holder = node.children[1]!
  const [only, another] = holder.children
  if (!only || another) throw new Refused('ErrorIncorrectUpdatePropertyCount')
  if (holder.name !== item.kind && holder.name !== 'Item') throw new Refused('ErrorInvalidPropertySet')
  if (kind === 'extended') {
    if (only.name !== 'ExtendedProperty' || extendedField(child(only, 'ExtendedFieldURI')!) !== field)
      throw new Refused('ErrorUpdatePropertyMismatch')
    return write(item, 'item:ExtendedProperty', only, false)
  }
  const names = elementsOf(`${holder.name}Type`).find(({ name }) => name === only.name)
  if (names?.field !== field) throw new Refused('ErrorUpdatePropertyMismatch')
  return write(item, field, only, false)
}

function change(call: Call, node: Node): Xml {
  const { store, body } = call
  const found = findItem(call, node.children[0]!)
  if (!store.folders.get(found.item.folder)!.canEdit) throw new Refused('ErrorAccessDenied')
  const mode = body.attributes['SendMeetingInvitationsOrCancellations'] as Mode | undefined
  if (found.item.kind === 'CalendarItem' && mode === undefined)
    throw new Refused('ErrorSendMeetingInvitationsOrCancellationsRequired')
  checkKey(call, found)
  const before = found.occurrence?.item ?? found.item
  let said: Written = {}
  for (const one of child(node, 'Updates')!.children)
    said = { ...said, ...readUpdate({ ...before, ...said }, one) }
  const fields = before.kind === 'CalendarItem' ? settle(call, before, said, false) : said
  const after = found.occurrence ? changeDay(call, found, fields) : changeWhole(call, before, fields)
  const told =
    mode === undefined || after.kind !== 'CalendarItem'
      ? after
      : tellAttendees(store, found.item, after, mode)
  const occurrence = found.occurrence && {
    ...found.occurrence,
    item: { ...told, ...fields, changeKey: dayKey(told, found.occurrence.date) },
  }
  return el('m:Items', null, el(`t:${told.kind}`, null, itemIdXml({ item: told, occurrence })))
}

const dayKey = (item: Item, date: string): string => {
  const exception = item.exceptions[date]
  return exception?.kind === 'changed' ? exception.changeKey : item.changeKey
}

function changeDay({ store }: Call, { item, occurrence }: Found, fields: Partial<Item>): Item {
  if (fields.recurrence) throw new Refused('ErrorInvalidPropertySet')
  const { span, ...rest } = fields
  return store.changeOccurrence(item.id, occurrence!.date, { span: span ?? occurrence!.span, ...rest })
}

function changeWhole({ store }: Call, before: Item, fields: Partial<Item>): Item {
  const moved =
    fields.span && (fields.span.start !== before.span.start || fields.span.end !== before.span.end)
  const sequence = moved ? before.sequence + 1 : before.sequence
  // A series that moves forgets what was done to its days ([MS-OXOCAL] 3.1.4.7.2).
  const exceptions = fields.exceptions ?? (moved && before.recurrence ? {} : before.exceptions)
  return store.changeEvent(before.id, { ...fields, sequence, exceptions })
}

export const updateItem = (call: Call): Xml =>
  withConflicts(
    each('UpdateItem', child(call.body, 'ItemChanges')!.children, (node) => change(call, node), NO_ITEMS),
  )

// How many properties were in conflict stands in every good answer: learn.microsoft.com/exchange/client-developer/web-service-reference/conflictresults
const withConflicts = (answer: Xml): Xml => ({
  text: answer.text.replaceAll(
    /(ResponseClass="Success".*?<\/m:Items>)/g,
    `$1${el('m:ConflictResults', null, el('t:Count', null, 0)).text}`,
  ),
})

export function deleteItem(call: Call): Xml {
  const { store, body } = call
  const mode = body.attributes['SendMeetingCancellations'] as Mode | undefined
  return each('DeleteItem', child(body, 'ItemIds')!.children, (node) => {
    const { item, occurrence } = findItem(call, node)
    if (!store.folders.get(item.folder)!.canEdit) throw new Refused('ErrorAccessDenied')
    if (item.kind === 'CalendarItem' && mode === undefined)
      throw new Refused('ErrorSendMeetingCancellationsRequired')
    if (item.kind === 'CalendarItem')
      tellCancelled(store, occurrence?.item ?? item, mode!, occurrence ? { date: occurrence.date } : {})
    if (occurrence) return void store.changeOccurrence(item.id, occurrence.date, 'removed')
    const bin = store.folderOf(store.ownerOf(item).id, 'deleteditems').id
    if (body.attributes['DeleteType'] === 'MoveToDeletedItems' && item.folder !== bin)
      return void store.moveToCalendar(item.id, bin)
    store.deleteEvent(item.id)
  })
}

/** Into another folder of the mailbox: the item has another id there. */
export function moveItem(call: Call): Xml {
  const { store, body } = call
  const to = child(body, 'ToFolderId')!.children[0]!
  return each(
    'MoveItem',
    child(body, 'ItemIds')!.children,
    (node) => {
      const folder = findFolder(call, to)
      const { item, occurrence } = findItem(call, node)
      if (occurrence) throw new Refused('ErrorMoveCopyFailed')
      if (!folder.canEdit) throw new Refused('ErrorAccessDenied')
      const moved = store.moveToCalendar(item.id, folder.id)
      const asked = textOf(body, 'ReturnNewItemIds')
      return asked === undefined || is(asked)
        ? el('m:Items', null, el(`t:${moved.kind}`, null, itemIdXml({ item: moved, occurrence: null })))
        : NO_ITEMS
    },
    NO_ITEMS,
  )
}
