import type { Folder, Item, Person } from './model.ts'
import { isId, readOccurrenceId } from './ids.ts'
import { occurrenceAt, occurrenceOn, type Occurrence } from './recurrence.ts'
import { Refused } from './reply.ts'
import type { PracticeStore } from './store.ts'
import { child, textOf, type Node } from './xml.ts'
import type { ExchangeVersion } from './versions.ts'

export type Call = {
  store: PracticeStore
  person: Person
  version: ExchangeVersion
  /** IANA: times without an offset are meant in it, and answers are written in it; and its Windows name. */
  zone: string
  zoneName: string
  body: Node
}
/** An item that was asked for, and the day of its series if one was. */
export type Found = { item: Item; occurrence: Occurrence | null; changeKey: string | null }

/** Of a FolderId or a DistinguishedFolderId. */
export function findFolder({ store, person }: Call, node: Node): Folder {
  if (node.name === 'FolderId') {
    const id = node.attributes['Id']!
    if (!isId(id)) throw new Refused('ErrorInvalidFolderId')
    const folder = store.folders.get(id)
    if (!folder || folder.owner !== person.id) throw new Refused('ErrorFolderNotFound')
    return folder
  }
  const mailbox = textOf(child(node, 'Mailbox'), 'EmailAddress')
  if (mailbox !== undefined && mailbox.toLowerCase() !== person.email.toLowerCase())
    throw new Refused(store.findPerson(mailbox) ? 'ErrorAccessDenied' : 'ErrorNonExistentMailbox')
  const found = [...store.folders.values()].find(
    (one) => one.owner === person.id && one.distinguished === node.attributes['Id'],
  )
  if (!found) throw new Refused('ErrorFolderNotFound')
  return found
}
export const foldersIn = (call: Call, node: Node): Folder[] =>
  node.children.map((one) => findFolder(call, one))

/** Of an ItemId, an OccurrenceItemId or a RecurringMasterItemId. */
export function findItem({ store, person }: Call, node: Node): Found {
  const named = (attribute: string): Found => {
    const id = node.attributes[attribute]!
    if (!isId(id)) throw new Refused('ErrorInvalidIdMalformed')
    const dated = readOccurrenceId(id)
    const item = store.find(dated?.master ?? id)
    if (!item || store.ownerOf(item).id !== person.id) throw new Refused('ErrorItemNotFound')
    const occurrence = dated ? occurrenceOn(item, dated.date) : null
    if (dated && !occurrence) throw new Refused('ErrorItemNotFound')
    return { item, occurrence, changeKey: node.attributes['ChangeKey'] ?? null }
  }
  if (node.name === 'RecurringMasterItemId') return { ...named('OccurrenceId'), occurrence: null }
  if (node.name !== 'OccurrenceItemId') return named('Id')
  const found = named('RecurringMasterId')
  if (!found.item.recurrence) throw new Refused('ErrorCalendarCannotUseIdForOccurrenceId')
  const occurrence = occurrenceAt(found.item, Number(node.attributes['InstanceIndex']))
  if (!occurrence) throw new Refused('ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange')
  return { ...found, occurrence }
}

/** The change key of what is meant: an exception has its own. */
export const keyOf = ({ item, occurrence }: Pick<Found, 'item' | 'occurrence'>): string =>
  occurrence?.item.changeKey ?? item.changeKey

export const is = (text: string | undefined): boolean => text?.trim() === 'true' || text?.trim() === '1'
