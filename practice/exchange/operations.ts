import { getUserAvailability } from './availability.ts'
import type { Call } from './call.ts'
import { createItem } from './create.ts'
import { findFolders, getFolder, syncFolderHierarchy } from './folders.ts'
import { findItems, getItem } from './items.ts'
import { resolveNames } from './names.ts'
import { getEvents, subscribe, unsubscribe, type Notices } from './subscriptions.ts'
import { syncFolderItems } from './sync.ts'
import { deleteItem, moveItem, updateItem } from './update.ts'
import type { Xml } from './xml.ts'
import { getServerTimeZones } from './zones.ts'

/** Every operation this server knows, but the streaming one, whose answer has no end. */
export const operations = (notices: Notices): Record<string, (call: Call) => Xml> => ({
  FindFolder: findFolders,
  GetFolder: getFolder,
  SyncFolderHierarchy: syncFolderHierarchy,
  SyncFolderItems: syncFolderItems,
  GetItem: getItem,
  FindItem: findItems,
  CreateItem: createItem,
  UpdateItem: updateItem,
  DeleteItem: deleteItem,
  MoveItem: moveItem,
  GetUserAvailabilityRequest: getUserAvailability,
  GetServerTimeZones: getServerTimeZones,
  ResolveNames: resolveNames,
  Subscribe: subscribe,
  Unsubscribe: unsubscribe,
  GetEvents: getEvents(notices),
})
