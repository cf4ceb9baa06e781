import { Unreachable } from '../provider.ts'
import type { RemoteCalendar, Session } from '../provider.ts'
import { ask, messagesOf, only } from './ask.ts'
import type { Message, Reply } from './ask.ts'
import { fieldUri } from './fields.ts'
import type { Field } from './fields.ts'
import { isTrue } from './kind.ts'
import { attribute, child, childrenOf, textAt } from './parse.ts'
import type { Element } from './parse.ts'
import { xml } from './soap.ts'

const FIELDS: readonly Field[] = [
  'folder:DisplayName',
  'folder:FolderClass',
  'folder:ParentFolderId',
  'folder:EffectiveRights',
]
const PAGE = 100
const MOST_PAGES = 20
const LONGEST_NAME = 200

/** Every calendar of the mailbox but what lies in its bin. */
export async function listCalendars(session: Session): Promise<RemoteCalendar[]> {
  const { primary, bin } = await ownFolders(session)
  const found = new Map(
    [primary, ...(await allCalendars(session))].map((folder) => [folderIdOf(folder), folder]),
  )
  const isGone = (folder: Element, depth = 0): boolean => {
    const parent = attribute(child(folder, 'ParentFolderId'), 'Id')
    if (parent === bin) return true
    const above = found.get(parent)
    return above !== undefined && depth < PAGE && isGone(above, depth + 1)
  }
  return [...found]
    .filter(([, folder]) => !isGone(folder))
    .map(([remoteId, folder]) => calendarOf(remoteId, folder, remoteId === folderIdOf(primary)))
}

function calendarOf(remoteId: string, folder: Element, primary: boolean): RemoteCalendar {
  return {
    remoteId,
    name: textAt(folder, 'DisplayName')
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, LONGEST_NAME)
      .toWellFormed(),
    // Exchange has neither colours nor zones for its folders.
    color: null,
    zone: null,
    writable: isTrue(textAt(folder, 'EffectiveRights', 'CreateContents')),
    primary,
    conference: null,
  }
}

function folderIdOf(folder: Element): string {
  const id = attribute(child(folder, 'FolderId'), 'Id')
  if (id === '') throw new Unreachable('a folder without an id', 'bad-answer')
  return id
}

const folderShape = xml`<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>${FIELDS.map(fieldUri)}</t:AdditionalProperties></m:FolderShape>`

/** The mailbox's first calendar, and its bin. */
async function ownFolders(session: Session): Promise<{ primary: Element; bin: string }> {
  const [calendar, bin] = messagesOf(await askOwnFolders(session)) as [Message, Message?]
  if (calendar.fault) throw calendar.fault
  const primary = child(calendar.element, 'Folders')?.children[0]
  if (!primary) throw new Unreachable('a calendar that is not told', 'bad-answer')
  const deleted = bin && !bin.fault ? child(bin.element, 'Folders')?.children[0] : undefined
  return { primary, bin: attribute(child(deleted ?? null, 'FolderId'), 'Id') }
}

export const askOwnFolders = (session: Session): Promise<Reply> =>
  ask(
    session,
    'GetFolder',
    xml`<m:GetFolder>${folderShape}<m:FolderIds><t:DistinguishedFolderId Id="calendar"/><t:DistinguishedFolderId Id="deleteditems"/></m:FolderIds></m:GetFolder>`,
  )

async function allCalendars(session: Session): Promise<Element[]> {
  const folders: Element[] = []
  for (let page = 0, offset = 0; page < MOST_PAGES; page++) {
    const root = child(only(await findFolders(session, offset)), 'RootFolder')
    const found = childrenOf(child(root, 'Folders'), 'CalendarFolder')
    folders.push(...found)
    const next = attribute(root, 'IndexedPagingOffset')
    if (attribute(root, 'IncludesLastItemInRange') !== 'false') return folders
    if (!/^\d{1,6}$/.test(next) || Number(next) <= offset) break
    offset = Number(next)
  }
  throw new Unreachable('folders without end', 'bad-answer')
}

const findFolders = (session: Session, offset: number): Promise<Reply> =>
  ask(
    session,
    'FindFolder',
    xml`<m:FindFolder Traversal="Deep">${folderShape}<m:IndexedPageFolderView MaxEntriesReturned="${PAGE}" Offset="${offset}" BasePoint="Beginning"/><m:Restriction><t:IsEqualTo>${fieldUri('folder:FolderClass')}<t:FieldURIOrConstant><t:Constant Value="IPF.Appointment"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction><m:ParentFolderIds><t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderIds></m:FindFolder>`,
  )
