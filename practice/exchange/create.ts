import { findFolder, findItem, type Call } from './call.ts'
import { answerInvitation, tellAttendees, tellCancelled, type Mode } from './invitations.ts'
import { newUid } from './ids.ts'
import type { Folder, Item } from './model.ts'
import { readMime } from './mime.ts'
import { itemIdXml } from './properties.ts'
import { each, Refused } from './reply.ts'
import { elementsOf } from './schema.ts'
import { child, el, textOf, type Node, type Xml } from './xml.ts'
import { settle, write, type Written } from './writing.ts'

export const NO_ITEMS = el('m:Items', null)
const ids = (item: Item, name: string = item.kind): Xml =>
  el('m:Items', null, el(`t:${name}`, null, itemIdXml({ item, occurrence: null })))

export function createItem(call: Call): Xml {
  const { body } = call
  const place = child(body, 'SavedItemFolderId')?.children[0]
  return each(
    'CreateItem',
    child(body, 'Items')!.children,
    (node) => {
      const folder = place ? findFolder(call, place) : null
      if (folder && !folder.canEdit) throw new Refused('ErrorCreateItemAccessDenied')
      switch (node.name) {
        case 'CalendarItem':
          return createEvent(call, node, folder)
        case 'Message':
          return createMessage(call, node, folder)
        case 'AcceptItem':
          return answer(call, node, 'Accept')
        case 'TentativelyAcceptItem':
          return answer(call, node, 'Tentative')
        case 'DeclineItem':
          return answer(call, node, 'Decline')
        case 'CancelCalendarItem':
          return cancel(call, node)
        default:
          throw new Refused('ErrorInvalidItemForOperationCreateItem')
      }
    },
    NO_ITEMS,
  )
}

/** An item that is not there yet, for the writes to begin from. */
function blank({ store, zoneName }: Call, kind: Item['kind'], folder: string): Item {
  const { person, item } = {
    person: store.people.get(store.folders.get(folder)!.owner)!,
    item: store.blank(folder),
  }
  const letter = {
    from: person.email,
    to: [],
    cc: [],
    isRead: true,
    mime: null,
    internetId: `<${newUid()}@practice.example>`,
  }
  return {
    ...item,
    kind,
    zones: { start: zoneName, end: zoneName },
    mail: kind === 'Message' ? letter : null,
  }
}

function written(call: Call, node: Node, before: Item): Partial<Item> {
  const fields = new Map(
    elementsOf(`${node.name}Type`).map(({ name, field }) => [name, field ?? `item:${name}`]),
  )
  let said: Written = {}
  for (const one of node.children)
    said = { ...said, ...write({ ...before, ...said }, fields.get(one.name)!, one, true) }
  return node.name === 'CalendarItem' ? settle(call, before, said, true) : said
}

function createEvent(call: Call, node: Node, wished: Folder | null): Xml {
  const { store, person } = call
  const mode = call.body.attributes['SendMeetingInvitations'] as Mode | undefined
  if (mode === undefined) throw new Refused('ErrorSendMeetingInvitationsRequired')
  const folder = wished ?? store.folderOf(person.id, 'calendar')
  if (folder.class !== 'IPF.Appointment')
    throw new Refused('ErrorCannotCreateCalendarItemInNonCalendarFolder')
  const start = blank(call, 'CalendarItem', folder.id)
  const fields = written(call, node, start)
  const people = fields.attendees ?? []
  const item = store.place({ ...start, ...fields, answer: people.length > 0 ? 'Organizer' : 'Unknown' })
  return ids(tellAttendees(store, null, item, mode))
}

/** learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-send-email-messages-by-using-ews-in-exchange */
function createMessage(call: Call, node: Node, wished: Folder | null): Xml {
  const { store, person, body } = call
  const mode = body.attributes['MessageDisposition']
  if (mode === undefined) throw new Refused('ErrorMessageDispositionRequired')
  const place = wished ?? store.folderOf(person.id, mode === 'SaveOnly' ? 'drafts' : 'sentitems')
  const start = blank(call, 'Message', place.id)
  const fields = written(call, node, start)
  const mime = textOf(node, 'MimeContent')
  const letter = {
    ...start,
    ...fields,
    ...(mime === undefined ? {} : readMime(mime, fields.mail ?? start.mail!)),
  }
  const { from, to, cc, mime: whole } = letter.mail!
  if (mode !== 'SaveOnly') {
    if (to.length + cc.length === 0) throw new Refused('ErrorMissingRecipients')
    if (from.toLowerCase() !== person.email.toLowerCase()) throw new Refused('ErrorSendAsDenied')
    const saved = mode === 'SendAndSaveCopy'
    store.addMail({
      kind: 'message',
      from,
      to: [...to, ...cc],
      subject: letter.subject,
      body: letter.body.text,
      mime: whole,
      uid: null,
      inSentItems: saved,
    })
    for (const email of [...to, ...cc]) {
      const other = store.findPerson(email)
      if (other)
        store.place({
          ...letter,
          folder: store.folderOf(other.id, 'inbox').id,
          mail: { ...letter.mail!, isRead: false },
        })
    }
  }
  // What was sent and not kept has no id to tell: learn.microsoft.com/exchange/client-developer/web-service-reference/createitem
  if (mode === 'SendOnly') return NO_ITEMS
  const kept = store.place(letter)
  return mode === 'SaveOnly' ? ids(kept) : NO_ITEMS
}

/** The meeting a response is about: by itself or by the letter that invited to it. */
function meetingOf(call: Call, node: Node): Item {
  const reference = child(node, 'ReferenceItemId')
  if (!reference) throw new Refused('ErrorItemNotFound')
  const { item, changeKey } = findItem(call, reference)
  if (changeKey === null) throw new Refused('ErrorChangeKeyRequired')
  const meeting =
    item.kind === 'CalendarItem'
      ? item
      : call.store.events(call.person.email).find(({ uid }) => uid === item.uid)
  if (!meeting) throw new Refused('ErrorItemNotFound')
  return meeting
}

function answer(call: Call, node: Node, said: 'Accept' | 'Tentative' | 'Decline'): Xml {
  const mode = call.body.attributes['MessageDisposition']
  if (mode === undefined) throw new Refused('ErrorMessageDispositionRequired')
  const meeting = meetingOf(call, node)
  if (meeting.isOrganizer) throw new Refused(`ErrorCalendarIsOrganizerFor${said}`)
  if (meeting.isCancelled) throw new Refused(`ErrorCalendarIsCancelledFor${said}`)
  const options = {
    send: mode !== 'SaveOnly',
    saved: mode === 'SendAndSaveCopy',
    comment: textOf(node, 'Body') ?? '',
  }
  return ids(answerInvitation(call.store, meeting, said, options))
}

function cancel(call: Call, node: Node): Xml {
  const { store, person } = call
  const meeting = meetingOf(call, node)
  if (!meeting.isOrganizer) throw new Refused('ErrorCalendarIsNotOrganizer')
  const saved = call.body.attributes['MessageDisposition'] === 'SendAndSaveCopy'
  tellCancelled(store, meeting, saved ? 'SendToAllAndSaveCopy' : 'SendOnlyToAll', {
    comment: textOf(node, 'NewBodyContent') ?? '',
  })
  return ids(store.moveToCalendar(meeting.id, store.folderOf(person.id, 'deleteditems').id))
}
