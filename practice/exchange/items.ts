import type { Span } from '#core/time/model.ts'
import { findFolder, findItem, type Call, type Found } from './call.ts'
import { readTime } from './clock.ts'
import { pathOf } from './extended.ts'
import type { Folder } from './model.ts'
import { occurrencesOf, touches } from './recurrence.ts'
import { each, Refused, SoapFault } from './reply.ts'
import { passes, valuesOf } from './restriction.ts'
import { pageOf } from './folders.ts'
import { itemXml, readShape } from './shape.ts'
import { child, el, type Node, type Xml } from './xml.ts'

const NO_ITEMS = el('m:Items', null)
/** Two years: learn.microsoft.com/exchange/client-developer/web-service-reference/calendarview */
const VIEW = 2 * 366 * 86_400_000

export function getItem(call: Call): Xml {
  const ids = child(call.body, 'ItemIds')!.children
  if (ids.length > call.store.batchLimit) throw new SoapFault({ code: 'ErrorServerBusy', backOff: 1000 })
  return each(
    'GetItem',
    ids,
    (node) => el('m:Items', null, itemXml(call, findItem(call, node), readShape(call, 'ItemShape', false))),
    NO_ITEMS,
  )
}

function readView(call: Call, view: Node): { window: Span; most: number } {
  const window = {
    start: readTime(view.attributes['StartDate']!, call.zone),
    end: readTime(view.attributes['EndDate']!, call.zone),
  }
  if (window.end < window.start) throw new Refused('ErrorCalendarEndDateIsEarlierThanStartDate')
  if (window.end - window.start > VIEW) throw new Refused('ErrorCalendarViewRangeTooBig')
  const most = Number(view.attributes['MaxEntriesReturned'] ?? call.store.findLimit)
  if (most < 1) throw new Refused('ErrorInvalidPagingMaxRows')
  return { window, most: Math.min(most, call.store.findLimit) }
}

/** Everything of a calendar in a window, series day by day. */
export function inWindow(
  call: Pick<Call, 'store'>,
  folder: Folder,
  window: Span,
): Pick<Found, 'item' | 'occurrence'>[] {
  const found = call.store
    .itemsOf(folder.id)
    .filter(({ kind }) => kind === 'CalendarItem')
    .flatMap((item): Pick<Found, 'item' | 'occurrence'>[] =>
      item.recurrence
        ? occurrencesOf(item, window).map((occurrence) => ({ item, occurrence }))
        : touches(item.span, window)
          ? [{ item, occurrence: null }]
          : [],
    )
  const startOf = (one: Pick<Found, 'item' | 'occurrence'>) => (one.occurrence ?? one.item).span.start
  return found.sort((a, b) => startOf(a) - startOf(b))
}

function calendarView(call: Call, folder: Folder, view: Node): Xml {
  if (folder.class !== 'IPF.Appointment') throw new Refused('ErrorCalendarFolderIsInvalidForCalendarView')
  // A view is already a filter and an order: learn.microsoft.com/exchange/client-developer/web-service-reference/calendarview
  if (child(call.body, 'Restriction') || child(call.body, 'SortOrder'))
    throw new SoapFault({
      code: 'ErrorInvalidRequest',
      text: 'Restrictions and sort order may not be specified for a CalendarView.',
    })
  const { window, most } = readView(call, view)
  const shape = readShape(call, 'ItemShape', true)
  const found = inWindow(call, folder, window)
  const part = found.slice(0, most)
  const attributes = { TotalItemsInView: part.length, IncludesLastItemInRange: part.length === found.length }
  return el(
    'm:RootFolder',
    attributes,
    el(
      't:Items',
      null,
      part.map((one) => itemXml(call, one, shape)),
    ),
  )
}

function sorted(call: Call, folder: Folder): Found[] {
  const filter = child(call.body, 'Restriction')
  const found = call.store
    .itemsOf(folder.id)
    .filter((item) => !filter || passes(filter, valuesOf(call, item)))
  for (const order of [...(child(call.body, 'SortOrder')?.children ?? [])].reverse()) {
    const path = order.children[0]!
    pathOf(path)
    const by = (one: (typeof found)[number]) => valuesOf(call, one)(path)[0] ?? ''
    const sign = order.attributes['Order'] === 'Ascending' ? 1 : -1
    found.sort((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0))
  }
  return found.map((item) => ({ item, occurrence: null, changeKey: null }))
}

export function findItems(call: Call): Xml {
  const { body, store } = call
  if (child(body, 'QueryString'))
    throw new SoapFault({ code: 'ErrorInvalidRequest', text: 'Content indexing is not enabled here.' })
  return each('FindItem', child(body, 'ParentFolderIds')!.children, (node) => {
    const folder = findFolder(call, node)
    const view = child(body, 'CalendarView')
    if (view) return calendarView(call, folder, view)
    const associated = body.attributes['Traversal'] !== 'Shallow'
    const shape = readShape(call, 'ItemShape', true)
    const { part, attributes } = pageOf(
      associated ? [] : sorted(call, folder),
      child(body, 'IndexedPageItemView'),
      store.findLimit,
    )
    return el(
      'm:RootFolder',
      attributes,
      el(
        't:Items',
        null,
        part.map((one) => itemXml(call, one, shape)),
      ),
    )
  })
}
