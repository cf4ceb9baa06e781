import { findFolder, type Call } from './call.ts'
import { itemIdXml } from './properties.ts'
import { each, Refused } from './reply.ts'
import { itemXml, readShape } from './shape.ts'
import { readState, writeState, type Known } from './sync-state.ts'
import { child, el, textOf, type Xml } from './xml.ts'

// What stands beside an error, seen from the field that clients read first.
const NOTHING = [el('m:SyncState', null), el('m:IncludesLastItemInRange', null, true)]

/**
 * What changed in a folder: series as their masters only, ids of what is gone
 * (learn.microsoft.com/exchange/client-developer/exchange-web-services/mailbox-synchronization-and-ews-in-exchange).
 */
export function syncFolderItems(call: Call): Xml {
  const { store, body } = call
  return each(
    'SyncFolderItems',
    [body],
    () => {
      const node = child(body, 'SyncFolderId')!.children[0]!
      const folder = folderOf(call, node)
      const of = `items ${folder.id}`
      const known = readState(store, textOf(body, 'SyncState'), of)
      const shape = readShape(call, 'ItemShape', false)
      const most = Number(textOf(body, 'MaxChangesReturned'))
      const ignored = new Set(child(body, 'Ignore')?.children.map((one) => one.attributes['Id']))
      const here = store.itemsOf(folder.id).sort((a, b) => a.changed - b.changed)
      const serials = new Set(here.map(({ serial }) => String(serial)))
      const gone = Object.keys(known).filter((serial) => !serials.has(serial))
      const fresh = here.filter((item) => known[item.serial] !== item.changed && !ignored.has(item.id))
      const all = [
        ...gone.map((serial) => ({
          serial,
          changed: null,
          xml: () => el('t:Delete', null, el('t:ItemId', { Id: store.graves.get(Number(serial)) })),
        })),
        ...fresh.map((item) => ({
          serial: item.serial,
          changed: item.changed,
          xml: () =>
            el(
              known[item.serial] === undefined ? 't:Create' : 't:Update',
              null,
              shape.base === 'IdOnly' && shape.fields.size + shape.extended.length === 0
                ? el(`t:${item.kind}`, null, itemIdXml({ item, occurrence: null }))
                : itemXml(call, { item, occurrence: null }, shape),
            ),
        })),
      ]
      const part = store.neverLast ? [] : all.slice(0, most)
      const state: Known = { ...known }
      for (const { serial, changed } of part)
        if (changed === null) delete state[serial]
        else state[serial] = changed
      return [
        el(
          'm:SyncState',
          null,
          store.neverLast
            ? (textOf(body, 'SyncState') ?? writeState(store, state, of))
            : writeState(store, state, of),
        ),
        el('m:IncludesLastItemInRange', null, !store.neverLast && part.length === all.length),
        el(
          'm:Changes',
          null,
          part.map(({ xml }) => xml()),
        ),
      ]
    },
    NOTHING,
  )
}

function folderOf(call: Call, node: Parameters<typeof findFolder>[1]) {
  try {
    return findFolder(call, node)
  } catch (error) {
    if (error instanceof Refused && error.refusal.code === 'ErrorFolderNotFound')
      throw new Refused('ErrorSyncFolderNotFound')
    throw error
  }
}
