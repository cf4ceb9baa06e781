import { findFolder, foldersIn, type Call } from './call.ts'
import type { Folder } from './model.ts'
import { each, Refused } from './reply.ts'
import { passes } from './restriction.ts'
import { folderXml, readShape } from './shape.ts'
import { readState, writeState } from './sync-state.ts'
import { child, el, textOf, type Node, type Xml } from './xml.ts'

export function getFolder(call: Call): Xml {
  return each('GetFolder', child(call.body, 'FolderIds')!.children, (node) => {
    const shape = readShape(call, 'FolderShape', false)
    return el('m:Folders', null, folderXml(call, findFolder(call, node), shape))
  })
}

const childrenOf = (call: Call, folder: Folder, deep: boolean): Folder[] =>
  [...call.store.folders.values()]
    .filter((one) => one.parent === folder.id)
    .flatMap((one) => [one, ...(deep ? childrenOf(call, one, true) : [])])

function valuesOf(folder: Folder) {
  const known: Record<string, string> = { DisplayName: folder.name, FolderClass: folder.class }
  return (path: Node): string[] => {
    const name = path.attributes['FieldURI']?.replace('folder:', '') ?? ''
    if (!(name in known)) throw new Refused('ErrorUnsupportedPathForQuery')
    return [known[name]!]
  }
}

/** A page of what was found, as IndexedPageItemView or IndexedPageFolderView asks. */
export function pageOf<T>(
  all: T[],
  view: Node | undefined,
  limit: number,
): { part: T[]; attributes: Record<string, number | boolean> } {
  const most = Math.min(Number(view?.attributes['MaxEntriesReturned'] ?? limit), limit)
  const offset = Number(view?.attributes['Offset'] ?? 0)
  const fromEnd = view?.attributes['BasePoint'] === 'End'
  const from = fromEnd ? Math.max(0, all.length - offset - most) : offset
  const to = fromEnd ? Math.max(0, all.length - offset) : from + most
  const part = all.slice(from, to)
  const paging = view
    ? { IndexedPagingOffset: fromEnd ? offset + part.length : Math.min(to, all.length) }
    : {}
  return {
    part,
    attributes: {
      ...paging,
      TotalItemsInView: all.length,
      IncludesLastItemInRange: fromEnd ? from === 0 : to >= all.length,
    },
  }
}

export function findFolders(call: Call): Xml {
  const deep = call.body.attributes['Traversal'] === 'Deep'
  const filter = child(call.body, 'Restriction')
  return each('FindFolder', child(call.body, 'ParentFolderIds')!.children, (node) => {
    const shape = readShape(call, 'FolderShape', true)
    const found = childrenOf(call, findFolder(call, node), deep).filter(
      (one) => !filter || passes(filter, valuesOf(one)),
    )
    const { part, attributes } = pageOf(
      found,
      child(call.body, 'IndexedPageFolderView'),
      call.store.findLimit,
    )
    return el(
      'm:RootFolder',
      attributes,
      el(
        't:Folders',
        null,
        part.map((one) => folderXml(call, one, shape)),
      ),
    )
  })
}

export function syncFolderHierarchy(call: Call): Xml {
  const { store, person, body } = call
  return each(
    'SyncFolderHierarchy',
    [body],
    () => {
      const node = child(body, 'SyncFolderId')
      const top = node ? foldersIn(call, node)[0]! : store.folderOf(person.id, 'root')
      const known = readState(store, textOf(body, 'SyncState'), `hierarchy ${top.id}`)
      const shape = readShape(call, 'FolderShape', false)
      const now = childrenOf(call, top, true)
      const changes = now
        .filter((one) => known[one.id] !== one.changed)
        .map((one) =>
          el(known[one.id] === undefined ? 't:Create' : 't:Update', null, folderXml(call, one, shape)),
        )
      const gone = Object.keys(known)
        .filter((id) => !now.some((one) => one.id === id))
        .map((id) => el('t:Delete', null, el('t:FolderId', { Id: id })))
      const state = Object.fromEntries(now.map((one) => [one.id, one.changed]))
      return [
        el('m:SyncState', null, writeState(store, state, `hierarchy ${top.id}`)),
        el('m:IncludesLastFolderInRange', null, true),
        el('m:Changes', null, changes, gone),
      ]
    },
    [el('m:SyncState', null), el('m:IncludesLastFolderInRange', null, true)],
  )
}
