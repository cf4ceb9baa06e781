import { is, type Call, type Found } from './call.ts'
import { pathOf } from './extended.ts'
import { FIELDS } from './fields.ts'
import type { Folder, Item } from './model.ts'
import { extendedXml, NOT_IN_LISTS, READ, rightsXml, view, type View } from './properties.ts'
import { Refused } from './reply.ts'
import { elementsOf } from './schema.ts'
import { knows, type ExchangeVersion } from './versions.ts'
import { child, el, textOf, type Xml } from './xml.ts'

export type Shape = {
  base: 'IdOnly' | 'Default' | 'AllProperties'
  fields: Set<string>
  extended: string[]
  bodyType: View['bodyType']
  mime: boolean
  /** FindItem and SyncFolderItems: some fields are not looked up there. */
  list: boolean
}

const TYPES: Record<Item['kind'], string> = {
  CalendarItem: 'CalendarItemType',
  Message: 'MessageType',
  MeetingRequest: 'MeetingRequestMessageType',
  MeetingCancellation: 'MeetingCancellationMessageType',
  MeetingResponse: 'MeetingResponseMessageType',
}
/** learn.microsoft.com/exchange/client-developer/exchange-web-services/property-sets-and-response-shapes-in-ews-in-exchange */
const DEFAULT = new Set(
  `item:ItemId item:Subject item:HasAttachments calendar:UID calendar:Start calendar:End calendar:LegacyFreeBusyStatus calendar:Location
  calendar:CalendarItemType calendar:IsAllDayEvent calendar:Organizer calendar:RequiredAttendees calendar:OptionalAttendees calendar:Resources
  calendar:RecurrenceId message:From message:IsRead message:ToRecipients`.split(/\s+/),
)
const UNASKED = new Set('item:MimeContent item:UniqueBody item:NormalizedBody item:TextBody'.split(' '))

/** `name`: ItemShape or FolderShape. */
export function readShape({ body }: Call, name: string, list: boolean): Shape {
  const node = child(body, name)!
  const shape: Shape = {
    base: textOf(node, 'BaseShape') as Shape['base'],
    fields: new Set(),
    extended: [],
    bodyType: (textOf(node, 'BodyType') as View['bodyType'] | undefined) ?? 'Best',
    mime: is(textOf(node, 'IncludeMimeContent')),
    list,
  }
  const mine = name === 'FolderShape' ? /^folder:/ : /^(?!folder:)/
  for (const path of child(node, 'AdditionalProperties')?.children ?? []) {
    const { kind, field } = pathOf(path)
    if (kind === 'extended') shape.extended.push(field)
    if (kind !== 'field') continue
    if (!mine.test(field))
      throw new Refused(
        'ErrorInvalidPropertyRequest',
        `The property ${field} is not valid for this object type.`,
      )
    if (list && NOT_IN_LISTS.has(field))
      throw new Refused(
        'ErrorInvalidPropertyForOperation',
        `The property ${field} is not valid for this operation.`,
      )
    shape.fields.add(field)
  }
  return shape
}

const wanted = (shape: Shape, field: string): boolean =>
  field === 'item:ItemId' ||
  shape.fields.has(field) ||
  (field === 'item:MimeContent' && shape.mime) ||
  (!(shape.list && NOT_IN_LISTS.has(field)) &&
    ((shape.base === 'Default' && DEFAULT.has(field)) ||
      (shape.base === 'AllProperties' && !UNASKED.has(field))))

/** An item with what was asked of it, in the order of its type; never a field younger than the asker's version. */
export function itemXml(call: Call, found: Pick<Found, 'item' | 'occurrence'>, shape: Shape): Xml {
  const one = view(call, found, shape.bodyType)
  const elements = elementsOf(TYPES[one.item.kind]).map(({ name, field }) => {
    if (name === 'ExtendedProperty') return shape.extended.map((each) => extendedXml(one, each))
    const read = field === null ? undefined : (READ[field] ?? READ[`calendar:${name}`])
    if (!read || !seen(call.version, field!) || !wanted(shape, field!)) return null
    return read(one)
  })
  return el(`t:${one.item.kind}`, null, elements)
}
const seen = (version: ExchangeVersion, field: string): boolean => {
  const since = FIELDS.get(field) ?? 'Exchange2007'
  return knows(version, since) || since === 'Exchange2007_SP1'
}

export function folderXml({ store, version }: Call, folder: Folder, shape: Shape): Xml {
  const inside = [...store.folders.values()].filter((one) => one.parent === folder.id)
  const items = store.itemsOf(folder.id)
  const read: Record<string, () => Xml | null> = {
    FolderId: () => el('t:FolderId', { Id: folder.id, ChangeKey: folder.changeKey }),
    ParentFolderId: () =>
      folder.parent === null
        ? null
        : el('t:ParentFolderId', {
            Id: folder.parent,
            ChangeKey: store.folders.get(folder.parent)!.changeKey,
          }),
    FolderClass: () => el('t:FolderClass', null, folder.class),
    DisplayName: () => el('t:DisplayName', null, folder.name),
    TotalCount: () => el('t:TotalCount', null, items.length),
    ChildFolderCount: () => el('t:ChildFolderCount', null, inside.length),
    EffectiveRights: () => rightsXml(folder.canEdit),
    DistinguishedFolderId: () =>
      folder.distinguished === null || !knows(version, 'Exchange2013')
        ? null
        : el('t:DistinguishedFolderId', null, folder.distinguished),
    UnreadCount: () => el('t:UnreadCount', null, items.filter(({ mail }) => mail && !mail.isRead).length),
  }
  const usual = ['FolderId', 'DisplayName', 'UnreadCount', 'TotalCount', 'ChildFolderCount']
  const calendar = folder.class === 'IPF.Appointment'
  const elements = elementsOf(calendar ? 'CalendarFolderType' : 'FolderType').map(({ name, field }) => {
    const asked =
      name === 'FolderId' ||
      shape.base === 'AllProperties' ||
      (shape.base === 'Default' && usual.includes(name)) ||
      shape.fields.has(field!)
    return asked ? read[name]?.() : null
  })
  return el(calendar ? 't:CalendarFolder' : 't:Folder', null, elements)
}
