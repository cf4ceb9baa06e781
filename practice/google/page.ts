import { dateText, wallToInstants } from '#core/time/wall.ts'
import { DAY, HOUR } from '#core/time/model.ts'
import { zone as knownZone } from '#core/time/zone.ts'
import { findStored } from './find.ts'
import { html, page, redirect, type Markup, type Reply } from './reply.ts'
import type { Event } from './schema.ts'
import type { GoogleCalendar, GoogleUser } from './model.ts'
import type { GoogleStore } from './store.ts'
import { isDay, spanOf, written } from './time.ts'
import { occurrences } from './visible.ts'

const AHEAD = 60 * DAY

/** The person's own calendar, with a form for all that the owner may do there. */
export function overview(store: GoogleStore, wanted: string | null): Reply {
  const person = store.users.get(wanted ?? '') ?? [...store.users.values()][0]
  const people = html`<nav aria-label="People">
      <ul>
        ${[...store.users.values()].map((user) => html`<li><a href="/?person=${encodeURIComponent(user.email)}" ${user === person ? html`aria-current="page"` : ''}>${user.name}, ${user.email}</a></li>`)}
      </ul>
    </nav>
    ${newPerson}`
  if (!person) return page('No one is here yet', people)
  const calendars = [...store.lists.get(person.email)!.values()].flatMap((listed) =>
    listed.deleted ? [] : (store.calendars.get(listed.calendarId) ?? []),
  )
  return page(
    `Calendar of ${person.name}`,
    html`${people}${calendars.map((calendar) => section(store, calendar, person))}${mail(store, person)}${access(store, person)}`,
  )
}

const newPerson = html`<details>
  <summary>Add a person</summary>
  <form method="post" action="/">
    <input type="hidden" name="act" value="person" /><label>Name <input name="name" required /></label
    ><label>Address <input name="email" type="email" required /></label
    ><label>Time zone <input name="zone" value="Europe/Rome" required /></label><button>Add</button>
  </form>
</details>`

const clock = (instant: number, { zone }: GoogleCalendar): string => written(instant, zone).slice(0, 16)

function section(store: GoogleStore, calendar: GoogleCalendar, person: GoogleUser): Markup {
  const now = store.now()
  const shown = occurrences(calendar, { start: now - DAY, end: now + AHEAD }).sort(
    (a, b) => spanOf(a, calendar.zone).start - spanOf(b, calendar.zone).start,
  )
  const fresh = Math.ceil((now + HOUR) / HOUR) * HOUR
  return html`<section>
    <h2>${calendar.summary}</h2>
    <p>Times in ${calendar.zone}</p>
    ${shown.length === 0 ? html`<p>Nothing in the next sixty days.</p>` : shown.map((event) => card(event, calendar, person))}
    <details>
      <summary>New event in ${calendar.summary}</summary>
      ${form('put', calendar, person, null, html`<label>Title <input name="summary" required /></label>${times(fresh, fresh + HOUR, calendar)}<button>Save</button>`)}
    </details>
  </section>`
}

const form = (
  act: string,
  calendar: GoogleCalendar,
  person: GoogleUser,
  event: Event | null,
  inner: Markup,
): Markup =>
  html`<form method="post" action="/">
    <input type="hidden" name="act" value="${act}" /><input
      type="hidden"
      name="person"
      value="${person.email}"
    /><input
      type="hidden"
      name="calendar"
      value="${calendar.id}"
    />${event ? html`<input type="hidden" name="event" value="${event.id}" />` : ''}${inner}
  </form>`

const times = (start: number, end: number, calendar: GoogleCalendar): Markup =>
  html`<label
      >From <input type="datetime-local" name="start" value="${clock(start, calendar)}" required /></label
    ><label>To <input type="datetime-local" name="end" value="${clock(end, calendar)}" required /></label>`

function card(event: Event, calendar: GoogleCalendar, person: GoogleUser): Markup {
  const { start, end } = spanOf(event, calendar.zone)
  const when = isDay(event)
    ? dateText(Math.floor(Date.parse(event.start!.date!) / DAY))
    : `${clock(start, calendar).replace('T', ' ')} – ${clock(end, calendar).slice(11)}`
  const attendees = event.attendees ?? []
  return html`<article data-event="${event.id}" aria-label="${event.summary ?? '(No title)'}">
    <h3>${event.summary ?? '(No title)'}</h3>
    <p>
      ${when}${event.location ? html`<br />${event.location}` : ''}${event.hangoutLink ? html`<br /><a href="${event.hangoutLink}">${event.hangoutLink}</a>` : ''}
    </p>
    ${
      attendees.length > 0
        ? html`<ul>
            ${attendees.map((attendee) => html`<li>${attendee.displayName ?? ''} ${attendee.email}: ${attendee.responseStatus}</li>`)}
          </ul>`
        : ''
    }
    ${form('put', calendar, person, event, html`<label>Title <input name="summary" value="${event.summary ?? ''}" required /></label><button>Rename</button>`)}
    ${isDay(event) ? '' : form('move', calendar, person, event, html`${times(start, end, calendar)}<button>Move</button>`)}
    ${
      attendees.length > 0
        ? form(
            'respond',
            calendar,
            person,
            event,
            html`<label
                >Answer as
                <select name="email">
                  ${attendees.map((attendee) => html`<option>${attendee.email}</option>`)}
                </select></label
              ><button name="status" value="accepted">Accept</button
              ><button name="status" value="tentative">Maybe</button
              ><button name="status" value="declined">Decline</button>`,
          )
        : ''
    }
    ${form('delete', calendar, person, event, html`<button>Delete “${event.summary ?? '(No title)'}”</button>`)}
  </article>`
}

function mail(store: GoogleStore, person: GoogleUser): Markup {
  const sent = store.messages
    .filter((message) => message.user === person.email)
    .slice(-20)
    .reverse()
  return html`<section>
    <h2>Sent mail</h2>
    ${
      sent.length === 0
        ? html`<p>Nothing sent yet.</p>`
        : html`<ul>
            ${sent.map((message) => html`<li>${message.subject} → ${message.to.join(', ')}</li>`)}
          </ul>`
    }
  </section>`
}

function access(store: GoogleStore, person: GoogleUser): Markup {
  const scopes = store.grantedScopes(person.email)
  if (scopes.length === 0)
    return html`<section>
      <h2>Apps with access</h2>
      <p>None.</p>
    </section>`
  return html`<section>
    <h2>Apps with access</h2>
    <ul>
      ${scopes.map((scope) => html`<li>${scope}</li>`)}
    </ul>
    <form method="post" action="/">
      <input type="hidden" name="act" value="revoke" /><input
        type="hidden"
        name="person"
        value="${person.email}"
      /><button>Remove access</button>
    </form>
  </section>`
}

/** What the forms of the page ask for; whatever is not there any more is passed over. */
export function act(store: GoogleStore, form: URLSearchParams): Reply {
  const field = (name: string): string => form.get(name) ?? ''
  const calendar = store.calendars.get(field('calendar'))
  const person = field('act') === 'person' ? field('email') : field('person')
  const instant = (name: string): number => {
    const wall = Date.parse(`${field(name).slice(0, 16)}:00Z`)
    return wallToInstants(calendar!.zone, wall)[0] ?? wall
  }
  const standing = calendar && field('event') !== '' ? findStored(calendar, field('event')) : null
  const there = field('event') === '' || (standing !== null && standing.status !== 'cancelled')
  if (field('act') === 'person' && /^[^\s@]+@[^\s@]+$/.test(person) && !store.users.has(person))
    store.addUser({
      email: person,
      name: field('name') || person,
      zone: knownZone(field('zone')) ?? 'Europe/Rome',
    })
  if (field('act') === 'revoke') store.revokeGrant(person)
  if (calendar && there) {
    if (field('act') === 'put')
      store.putEvent(calendar.id, {
        summary: field('summary'),
        ...(field('event')
          ? { id: field('event') }
          : {
              start: { dateTime: written(instant('start'), calendar.zone), timeZone: calendar.zone },
              end: { dateTime: written(instant('end'), calendar.zone), timeZone: calendar.zone },
            }),
      })
    if (field('act') === 'move')
      store.moveEvent(calendar.id, field('event'), instant('start'), instant('end'))
    if (field('act') === 'delete') store.deleteEvent(calendar.id, field('event'))
    if (field('act') === 'respond' && ['accepted', 'tentative', 'declined'].includes(field('status')))
      store.respond(
        calendar.id,
        field('event'),
        field('email'),
        field('status') as 'accepted' | 'tentative' | 'declined',
      )
  }
  return redirect(`/?person=${encodeURIComponent(person)}`, 303)
}
