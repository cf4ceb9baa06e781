import { DAY, type Span } from '#core/time/model.ts'
import { faceOf, readTime } from './clock.ts'
import { document, html, type Html } from '../html.ts'
import { answerInvitation, tellAttendees, tellCancelled } from './invitations.ts'
import { inWindow } from './items.ts'
import type { Item, Person } from './model.ts'
import type { PracticeStore } from './store.ts'

type OwnerAnswer = { status: number; headers: Record<string, string>; body: string }

const minute = (at: number, zone: string): string => faceOf(at, zone).slice(0, 16)
const shown = (at: number, zone: string): string => minute(at, zone).replace('T', ' ')

/** The person's own calendar, as they would see and change it in Outlook: a list with forms, no script. */
export function ownerPage(store: PracticeStore, email: string | null): string {
  const people = [...store.people.values()]
  const person = (email === null ? null : store.findPerson(email)) ?? people[0]
  if (!person)
    return document(
      'Practice calendar',
      html`<h1>Practice calendar</h1>
        <p>Nobody has an account here yet.</p>`,
    )
  const others = html`<form method="get" action="/">
    <label
      >Whose calendar
      <select name="user">
        ${people.map((one) => html`<option value="${one.email}" ${one === person ? html` selected` : ''}>${one.name} (${one.email})</option>`)}
      </select></label
    >
    <button>Show</button>
  </form>`
  const calendars = [...store.folders.values()].filter(
    (one) => one.owner === person.id && one.class === 'IPF.Appointment',
  )
  return document(
    `Calendar of ${person.name}`,
    html`<h1>Calendar of ${person.name}</h1>
      ${others}${calendars.map(
        (calendar) =>
          html`<section>
            <h2>${calendar.name}</h2>
            ${eventList(store, person, calendar.id)}${newEvent(calendar.id)}
          </section>`,
      )}${mailbox(store, person)}`,
  )
}

function eventList(store: PracticeStore, person: Person, folder: string): Html {
  const from = store.now() - DAY
  const items = inWindow({ store }, store.folders.get(folder)!, { start: from, end: from + 365 * DAY })
  const once = items.filter(({ occurrence }) => occurrence === null).map(({ item }) => item)
  const series = store.itemsOf(folder).filter((item) => item.recurrence)
  const all = [...once, ...series].sort((a, b) => a.span.start - b.span.start)
  return all.length === 0
    ? html`<p>No events.</p>`
    : html`<ul>
        ${all.map((item) => html`<li>${one(item, person)}</li>`)}
      </ul>`
}

function one(item: Item, person: Person): Html {
  const { zone } = person
  const about = `${item.subject || 'no title'}, ${shown(item.span.start, zone)}`
  const act = (verb: string, inside: Html) =>
    html`<form method="post" action="/events/${verb}">
      <input type="hidden" name="event" value="${item.id}" />
      <div class="row">${inside}</div>
    </form>`
  const answers = (email: string) =>
    act(
      'answer',
      html`<input type="hidden" name="attendee" value="${email}" /><span>${email} answers</span
        ><button name="answer" value="Accept" aria-label="Accept as ${email}: ${about}">Accept</button
        ><button name="answer" value="Decline" aria-label="Decline as ${email}: ${about}">Decline</button>`,
    )
  return html`<h3>${item.subject || '(no title)'}</h3>
    <p>
      ${shown(item.span.start, zone)} –
      ${shown(item.span.end, zone)}${item.recurrence ? ', repeats' : ''}${item.isCancelled ? ', cancelled' : ''}
    </p>
    ${item.attendees.length > 0 ? html`<p>With ${item.attendees.map(({ email, answer }) => `${email} (${answer})`).join(', ')}</p>` : ''}
    ${act('rename', html`<label>Title <input name="subject" value="${item.subject}" required /></label><button aria-label="Rename ${about}">Rename</button>`)}
    ${act('move', html`<label>Starts <input type="datetime-local" name="start" value="${minute(item.span.start, zone)}" required /></label><label>Ends <input type="datetime-local" name="end" value="${minute(item.span.end, zone)}" required /></label><button aria-label="Move ${about}">Move</button>`)}
    ${act('delete', html`<button aria-label="Delete ${about}">Delete</button>`)}
    ${item.isOrganizer ? item.attendees.map(({ email }) => answers(email)) : answers(person.email)}`
}

const newEvent = (folder: string): Html =>
  html`<form method="post" action="/events/new">
    <input type="hidden" name="calendar" value="${folder}" />
    <fieldset>
      <legend>New event</legend>
      <div class="row">
        <label>Title <input name="subject" required /></label
        ><label>Starts <input type="datetime-local" name="start" required /></label
        ><label>Ends <input type="datetime-local" name="end" required /></label><button>Add</button>
      </div>
    </fieldset>
  </form>`

function mailbox(store: PracticeStore, { email }: Person): Html {
  const mine = (address: string) => address.toLowerCase() === email.toLowerCase()
  const mails = store.mails
    .filter(({ from, to }) => mine(from) || to.some(mine))
    .slice(-30)
    .reverse()
  const list = html`<ul>
    ${mails.map((mail) => html`<li>${mail.kind}: <strong>${mail.subject}</strong><br /><small>from ${mail.from} to ${mail.to.join(', ')}</small></li>`)}
  </ul>`
  return html`<section>
    <h2>Mail</h2>
    ${mails.length === 0 ? html`<p>No mail.</p>` : list}
  </section>`
}

type Act = { store: PracticeStore; item: Item; form: URLSearchParams; span: Span }
const ACTS: Record<string, (act: Act) => void> = {
  rename: ({ store, item, form }) =>
    void tellAttendees(
      store,
      item,
      store.renameEvent(item.id, form.get('subject') ?? ''),
      'SendToAllAndSaveCopy',
    ),
  move: ({ store, item, span }) =>
    void tellAttendees(store, item, store.moveEvent(item.id, span), 'SendToAllAndSaveCopy'),
  delete({ store, item }) {
    tellCancelled(store, item, 'SendToAllAndSaveCopy')
    store.moveToCalendar(item.id, store.folderOf(store.ownerOf(item).id, 'deleteditems').id)
  },
  answer({ store, item, form }) {
    const answer = form.get('answer') === 'Decline' ? 'Decline' : 'Accept'
    if (item.isOrganizer) store.respond(item.id, form.get('attendee') ?? '', answer)
    else answerInvitation(store, item, answer, { send: true, saved: true, comment: '' })
  },
}

/** What the person does on that page: Exchange tells everyone concerned, as it would from Outlook. */
export function ownerActs(store: PracticeStore, path: string, form: URLSearchParams): OwnerAnswer {
  const verb = path.slice('/events/'.length)
  const item = store.find(form.get('event') ?? '')
  const folder = store.folders.get(item?.folder ?? form.get('calendar') ?? '')
  const act = ACTS[verb]
  if (!folder || (verb !== 'new' && (!item || !act))) return said(404, 'There is no such event any more.')
  const person = store.people.get(folder.owner)!
  const moment = (name: string): number => {
    const text = form.get(name) ?? ''
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? readTime(`${text}:00`, person.zone) : NaN
  }
  const span = { start: moment('start'), end: moment('end') }
  if ((verb === 'new' || verb === 'move') && !(span.start < span.end))
    return said(400, 'The end must come after the start.')
  if (verb === 'new') store.putEvent(folder.id, { ...span, subject: form.get('subject') ?? '' })
  else act!({ store, item: item!, form, span })
  return { status: 303, headers: { location: `/?user=${encodeURIComponent(person.email)}` }, body: '' }
}

const said = (status: number, body: string): OwnerAnswer => ({ status, headers: {}, body })
