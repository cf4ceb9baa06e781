import { DAY, type Span } from '#core/time/model.ts'
import { faceOf, instantOf } from './clock.ts'
import { itemsIn } from './delta.ts'
import { document, html, type Html } from '../html.ts'
import { answerInvitation, tellAttendees, tellCancelled } from './invitations.ts'
import type { Event, Person } from './model.ts'
import type { PracticeStore } from './store.ts'

type OwnerAnswer = { status: number; headers: Record<string, string>; body: string }

const minute = (at: number, zone: string): string => faceOf(at, zone).slice(0, 16)

/** The person's own calendar, as they would see and change it at Microsoft: a list with forms, no script. */
export function ownerPage(store: PracticeStore, email: string | null): string {
  const people = [...store.people.values()]
  const person = (email === null ? undefined : store.findPerson(email)) ?? people[0]
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
  return document(
    `Calendar of ${person.name}`,
    html`<h1>Calendar of ${person.name}</h1>
      ${others}${[...store.calendars.values()]
        .filter((one) => one.owner === person.id)
        .map(
          (calendar) =>
            html`<section>
              <h2>${calendar.name}</h2>
              ${eventList(store, person, calendar.id)}${newEvent(person, calendar.id)}
            </section>`,
        )}${mailbox(store, person)}`,
  )
}

function eventList(store: PracticeStore, person: Person, calendar: string): Html {
  const from = store.now() - DAY
  const items = itemsIn(
    store,
    store.calendars.get(calendar)!,
    { start: from, end: from + 365 * DAY },
    false,
  ).filter(({ occurrence }) => occurrence === null)
  const series = store.eventsOf(calendar).filter((event) => event.recurrence)
  const all = [...items.map(({ event }) => event), ...series].sort((a, b) => a.span.start - b.span.start)
  return all.length === 0
    ? html`<p>No events.</p>`
    : html`<ul>
        ${all.map((event) => html`<li>${one(event, person)}</li>`)}
      </ul>`
}

function one(event: Event, person: Person): Html {
  const zone = event.isAllDay ? 'UTC' : person.zone
  const act = (verb: string, inside: Html) =>
    html`<form method="post" action="/events/${verb}">
      <input type="hidden" name="event" value="${event.id}" />
      <div class="row">${inside}</div>
    </form>`
  const about = `${event.subject || 'no title'}, ${minute(event.span.start, zone).replace('T', ' ')}`
  return html`<h3>${event.subject || '(no title)'}</h3>
    <p>
      ${minute(event.span.start, zone).replace('T', ' ')} –
      ${minute(event.span.end, zone).replace('T', ' ')}${event.recurrence ? ', repeats' : ''}${event.isCancelled ? ', cancelled' : ''}${event.joinUrl ? html` · <a href="${event.joinUrl}">Join</a>` : ''}
    </p>
    ${event.attendees.length > 0 ? html`<p>With ${event.attendees.map(({ email, answer }) => `${email} (${answer})`).join(', ')}</p>` : ''}
    ${act('rename', html`<label>Title <input name="subject" value="${event.subject}" required /></label><button aria-label="Rename ${about}">Rename</button>`)}
    ${act('move', html`<label>Starts <input type="datetime-local" name="start" value="${minute(event.span.start, zone)}" required /></label><label>Ends <input type="datetime-local" name="end" value="${minute(event.span.end, zone)}" required /></label><button aria-label="Move ${about}">Move</button>`)}
    ${act('delete', html`<button aria-label="Delete ${about}">Delete</button>`)}
    ${event.isOrganizer ? event.attendees.map(({ email }) => act('answer', html`<input type="hidden" name="attendee" value="${email}" /><span>${email} answers</span><button name="answer" value="accepted" aria-label="Accept as ${email}: ${about}">Accept</button><button name="answer" value="declined" aria-label="Decline as ${email}: ${about}">Decline</button>`)) : act('answer', html`<input type="hidden" name="attendee" value="${person.email}" /><button name="answer" value="accepted" aria-label="Accept ${about}">Accept</button><button name="answer" value="declined" aria-label="Decline ${about}">Decline</button>`)}`
}

const newEvent = (person: Person, calendar: string): Html =>
  html`<form method="post" action="/events/new">
    <input type="hidden" name="calendar" value="${calendar}" /><input
      type="hidden"
      name="user"
      value="${person.email}"
    />
    <fieldset>
      <legend>New event</legend>
      <div class="row">
        <label>Title <input name="subject" required /></label
        ><label>Starts <input type="datetime-local" name="start" required /></label
        ><label>Ends <input type="datetime-local" name="end" required /></label><button>Add</button>
      </div>
    </fieldset>
  </form>`

function mailbox(store: PracticeStore, person: Person): Html {
  const mails = store.mails
    .filter(
      (mail) =>
        mail.from === person.email ||
        mail.to.some((address) => address.toLowerCase() === person.email.toLowerCase()),
    )
    .slice(-30)
    .reverse()
  return html`<section>
    <h2>Mail</h2>
    ${
      mails.length === 0
        ? html`<p>No mail.</p>`
        : html`<ul>
            ${mails.map((mail) => html`<li>${mail.kind}: <strong>${mail.subject}</strong><br /><small>from ${mail.from} to ${mail.to.join(', ')}</small></li>`)}
          </ul>`
    }
  </section>`
}

type Act = { store: PracticeStore; event: Event; form: URLSearchParams; span: Span }
const ACTS: Record<string, (act: Act) => void> = {
  rename: ({ store, event, form }) =>
    tellAttendees(store, event, store.renameEvent(event.id, form.get('subject') ?? '')),
  move: ({ store, event, span }) => tellAttendees(store, event, store.moveEvent(event.id, span)),
  delete({ store, event }) {
    tellCancelled(store, event)
    store.deleteEvent(event.id)
  },
  answer({ store, event, form }) {
    const answer = form.get('answer') === 'declined' ? 'declined' : 'accepted'
    if (event.isOrganizer) store.respond(event.id, form.get('attendee') ?? '', answer)
    else answerInvitation(store, event, answer, { send: true, comment: '' })
  },
}

/** What the person does on that page: Exchange tells everyone concerned, as it would from Outlook. */
export function ownerActs(store: PracticeStore, path: string, form: URLSearchParams): OwnerAnswer {
  const verb = path.slice('/events/'.length)
  const event = store.findEvent(form.get('event') ?? '')
  const calendar = store.calendars.get(event?.calendar ?? form.get('calendar') ?? '')
  const act = ACTS[verb]
  if (!calendar || (verb !== 'new' && (!event || !act))) return plain(404, 'There is no such event any more.')
  const person = store.people.get(calendar.owner)!
  const moment = (name: string) =>
    event?.isAllDay
      ? instantOf((form.get(name) ?? '').slice(0, 10), 'UTC')
      : instantOf(form.get(name) ?? '', person.zone)
  const span = { start: moment('start') ?? NaN, end: moment('end') ?? NaN }
  if ((verb === 'new' || verb === 'move') && !(span.start < span.end))
    return plain(400, 'The end must come after the start.')
  if (verb === 'new') store.putEvent(calendar.id, { ...span, subject: form.get('subject') ?? '' })
  else act!({ store, event: event!, form, span })
  return { status: 303, headers: { location: `/?user=${encodeURIComponent(person.email)}` }, body: '' }
}

const plain = (status: number, body: string): OwnerAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
})
