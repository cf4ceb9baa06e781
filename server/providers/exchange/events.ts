import { NotFound, Unreachable } from '../provider.ts'
import type { EventDraft, Session, WrittenEvent } from '../provider.ts'
import { ask, messagesOf, only } from './ask.ts'
import type { Message } from './ask.ts'
import { changesFor, guestsOf, hasGuests, newItem } from './draft.ts'
import type { Changes } from './draft.ts'
import { changeKeyOf, idOf } from './event.ts'
import { isConflict } from './faults.ts'
import type { Field } from './fields.ts'
import { shape } from './fields.ts'
import { folderId, itemId } from './folder.ts'
import { getItems } from './items.ts'
import { isTrue } from './kind.ts'
import { MARK, markedWith, markIn, markUri } from './mark.ts'
import { child, textAt } from './parse.ts'
import type { Element } from './parse.ts'
import { xml } from './soap.ts'
import { timesOf } from './times.ts'

// FindItem tells all of these; people and bodies only GetItem does.
const FOUND: readonly Field[] = [
  'item:Subject',
  'item:DateTimeCreated',
  'calendar:UID',
  'calendar:Start',
  'calendar:End',
  'calendar:IsAllDayEvent',
  'calendar:IsCancelled',
  'calendar:StartTimeZone',
]
const STORED: readonly Field[] = [
  ...FOUND,
  'item:Body',
  'calendar:Location',
  'calendar:RequiredAttendees',
  'calendar:OptionalAttendees',
]
const MOST_FOUND = 20
const TRIES = 3

/**
 * Exchange knows no create that happens once, so each begins with a look for what an earlier try may have left behind: a reply that was
 * lost, or a fault with which the server saved it all the same (C06, C24).
 */
export async function createEvent(
  session: Session,
  calendar: string,
  draft: EventDraft,
): Promise<WrittenEvent> {
  const standing = await find(session, calendar, draft.uid, null)
  if (standing) return update(session, calendar, idOf(standing), draft)
  let made = await create(session, calendar, draft, false)
  // A zone that this server's Windows has never heard of (newer ones, on an old machine).
  if (made.fault && BAD_ZONE.includes(made.code)) made = await create(session, calendar, draft, true)
  if (made.fault) throw made.fault
  const item = child(made.element, 'Items')?.children[0]
  const told = item ? await stored(session, idOf(item)) : await find(session, calendar, draft.uid, null)
  if (!told) throw new Unreachable('what was just made is not there', 'bad-answer')
  return toWritten(session, told, draft.uid)
}
const BAD_ZONE = ['ErrorTimeZone', 'ErrorCalendarInvalidTimeZone']

async function create(
  session: Session,
  calendar: string,
  draft: EventDraft,
  inUtc: boolean,
): Promise<Message> {
  const tells = guestsOf(draft).length === 0 ? 'SendToNone' : 'SendToAllAndSaveCopy'
  const reply = await ask(
    session,
    'CreateItem',
    xml`<m:CreateItem SendMeetingInvitations="${tells}"><m:SavedItemFolderId>${folderId(calendar)}</m:SavedItemFolderId><m:Items>${newItem(draft, inUtc)}</m:Items></m:CreateItem>`,
  )
  return messagesOf(reply)[0]!
}

/** Changes what is ours. Found by its mark: its id may be another by now (B19). */
export async function updateEvent(
  session: Session,
  calendar: string,
  remoteId: string,
  draft: EventDraft,
): Promise<WrittenEvent> {
  const standing = await find(session, calendar, draft.uid, remoteId)
  if (!standing) throw new NotFound('the calendar no longer has the event')
  return update(session, calendar, idOf(standing), draft)
}

/** If nobody else changed it meanwhile; else once more from what they made of it (B20). */
async function update(
  session: Session,
  calendar: string,
  found: string,
  draft: EventDraft,
): Promise<WrittenEvent> {
  let remoteId = found
  let inUtc = false
  for (let tries = 0; tries < TRIES; tries++) {
    const item = await stored(session, remoteId)
    if (!item) throw new NotFound('the calendar no longer has the event')
    const before = toWritten(session, item, draft.uid)
    const changes = changesFor(item, !agrees(before, draft), draft, inUtc)
    if (changes === null) return before
    const { element, code, fault } = await change(session, item, changes, draft)
    if (!fault) {
      const written = child(element, 'Items')?.children[0]
      const after = await stored(session, written ? idOf(written) : remoteId)
      if (!after) throw new NotFound('the calendar no longer has the event')
      return toWritten(session, after, draft.uid)
    }
    if (BAD_ZONE.includes(code)) inUtc = true
    else if (!isConflict(code)) throw fault
    const again = await find(session, calendar, draft.uid, remoteId)
    if (!again) throw new NotFound('the calendar no longer has the event')
    remoteId = idOf(again)
  }
  throw new Unreachable('the event changes faster than we can follow', 'conflict')
}

async function change(
  session: Session,
  item: Element,
  changes: Changes,
  draft: EventDraft,
): Promise<Message> {
  // "Changed" are only those who were added or taken away (MS-OXWSMTGS 2.2.5.3): a new time must go to all.
  const everybody = changes.tells === 'all' ? 'SendToAllAndSaveCopy' : 'SendToChangedAndSaveCopy'
  const tells = hasGuests(item) || guestsOf(draft).length > 0 ? everybody : 'SendToNone'
  const reply = await ask(
    session,
    'UpdateItem',
    xml`<m:UpdateItem ConflictResolution="NeverOverwrite" SendMeetingInvitationsOrCancellations="${tells}"><m:ItemChanges><t:ItemChange>${itemId(idOf(item), changeKeyOf(item))}<t:Updates>${changes.updates}</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`,
  )
  return messagesOf(reply)[0]!
}

/** An event already gone is success (C25). Whom Exchange invited, it also tells. */
export async function deleteEvent(session: Session, _calendar: string, remoteId: string): Promise<void> {
  const [{ fault }] = messagesOf(
    await ask(
      session,
      'DeleteItem',
      xml`<m:DeleteItem DeleteType="MoveToDeletedItems" SendMeetingCancellations="SendToAllAndSaveCopy"><m:ItemIds>${itemId(remoteId)}</m:ItemIds></m:DeleteItem>`,
    ),
  ) as [Message]
  if (fault && !(fault instanceof NotFound)) throw fault
}

export async function readEvent(
  session: Session,
  calendar: string,
  uid: string,
): Promise<WrittenEvent | null> {
  const found = await find(session, calendar, uid, null)
  return found && toWritten(session, found, uid)
}

/**
 * The event with our mark in this calendar; a copy its host made carries the mark too, so the one we know comes first, then the oldest.
 * Asked of the calendar itself: what lies in the bin is gone.
 */
async function find(
  session: Session,
  calendar: string,
  uid: string,
  known: string | null,
): Promise<Element | null> {
  const reply = await ask(
    session,
    'FindItem',
    xml`<m:FindItem Traversal="Shallow"><m:ItemShape>${shape(FOUND, [markUri(MARK)])}</m:ItemShape><m:IndexedPageItemView MaxEntriesReturned="${MOST_FOUND}" Offset="0" BasePoint="Beginning"/>${markedWith(uid)}<m:ParentFolderIds>${folderId(calendar)}</m:ParentFolderIds></m:FindItem>`,
  )
  const items = child(only(reply), 'RootFolder', 'Items')
  if (!items) throw new Unreachable(`${reply.host} found nothing, not even an empty list`, 'bad-answer')
  // The restriction knows no case.
  const ours = items.children.filter((item) => item.name === 'CalendarItem' && markIn(item, MARK) === uid)
  const age = (item: Element): string => textAt(item, 'DateTimeCreated')
  const sorted = ours.toSorted(
    (a, b) => Number(idOf(b) === known) - Number(idOf(a) === known) || (age(a) < age(b) ? -1 : 1),
  )
  return sorted[0] ?? null
}

async function stored(session: Session, remoteId: string): Promise<Element | null> {
  const [told] = await getItems(session, [remoteId], STORED)
  if (told?.kind === 'item') return told.item
  if (told?.kind === 'gone') return null
  throw new Unreachable('the event cannot be read', told?.kind === 'denied' ? 'forbidden' : 'bad-answer')
}

const agrees = ({ span }: WrittenEvent, draft: EventDraft): boolean =>
  span !== null && span.start === draft.span.start && span.end === draft.span.end

function toWritten({ zone }: Session, item: Element, uid: string): WrittenEvent {
  const { start, end, trouble } = timesOf(item, { window: { start: 0, end: 0 }, zone })
  const calendarUid = textAt(item, 'UID')
  return {
    remoteId: idOf(item),
    etag: changeKeyOf(item),
    uid,
    ...(calendarUid === '' ? {} : { calendarUid }),
    span: trouble === null ? { start, end } : null,
    title: child(item, 'Subject') ? textAt(item, 'Subject') : null,
    cancelled: isTrue(textAt(item, 'IsCancelled')),
  }
}
