import { createHash } from 'node:crypto'
import { invalid, required } from './refusal.ts'
import type { Event } from './schema.ts'
import type { GoogleCalendar, Stored } from './model.ts'
import type { GoogleStore } from './store.ts'

type Data = NonNullable<Event['conferenceData']>

/**
 * What the body asks of conferences. Without `conferenceDataVersion=1` it is passed over; a create request is answered later, and one
 * with the id of an earlier request is ignored (ConferenceData and CreateConferenceRequest in the discovery document).
 */
export function readConference(
  calendar: GoogleCalendar,
  old: Event | null,
  asked: Data | null | undefined,
  version: number | undefined,
): Data | undefined {
  const present = old?.conferenceData
  if (version !== 1 || asked === undefined) return present
  if (asked === null) return undefined
  const request = asked.createRequest
  if (!request) {
    if (!asked.conferenceSolution || !asked.entryPoints?.length) throw invalid('Invalid conference data.')
    return asked
  }
  if (!request.requestId) throw required('Missing conference request id.')
  if (present?.createRequest?.requestId === request.requestId) return present
  const type = request.conferenceSolutionKey?.type ?? 'hangoutsMeet'
  if (!calendar.conference.includes(type)) throw invalid('Invalid conference type value.')
  return {
    createRequest: {
      requestId: request.requestId,
      conferenceSolutionKey: { type },
      status: { statusCode: 'pending' },
    },
  }
}

export const isPending = (event: Event): boolean =>
  event.conferenceData?.createRequest?.status?.statusCode === 'pending'

/** The patience a freshly asked conference starts with. */
export const waiting = (store: GoogleStore, event: Event): Stored['waits'] =>
  isPending(event)
    ? { reads: store.behaviour.conference.reads, until: store.now() + store.behaviour.conference.after }
    : null

function made(event: Event, outcome: 'success' | 'failure'): Event {
  const createRequest = { ...event.conferenceData!.createRequest!, status: { statusCode: outcome } }
  if (outcome === 'failure') return { ...event, conferenceData: { createRequest } }
  const digest = createHash('sha256').update(`${event.id} ${createRequest.requestId}`).digest()
  const letters = Array.from(digest.subarray(0, 10), (byte) => String.fromCharCode(97 + (byte % 26))).join('')
  const code = `${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7)}`
  const uri = `https://meet.google.com/${code}`
  return {
    ...event,
    hangoutLink: uri,
    conferenceData: {
      createRequest,
      entryPoints: [{ entryPointType: 'video', uri, label: uri.slice(8) }],
      conferenceSolution: {
        key: { type: 'hangoutsMeet' },
        name: 'Google Meet',
        iconUri:
          'https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/logo_meet_2020q4_color_2x_web_512dp.png',
      },
      conferenceId: code,
      signature: createHash('sha1').update(code).digest('base64'),
    },
  }
}

/** The conference is there, or never will be: the event changed, and whoever watches hears of it. */
export const resolve = (store: GoogleStore, calendar: GoogleCalendar, event: Event): Event =>
  store.keep(calendar, made(event, store.behaviour.conference.outcome))

/** Every conference whose time has come. */
export function resolveDue(store: GoogleStore, calendar: GoogleCalendar): void {
  for (const { event, waits } of calendar.stored.values())
    if (waits && isPending(event) && waits.until <= store.now()) resolve(store, calendar, event)
}

/** Someone looks at the event: it waits one read less, or is done. */
export function looked(store: GoogleStore, calendar: GoogleCalendar, event: Event): Event {
  const stored = calendar.stored.get(event.id!)
  if (!stored?.waits || stored.event !== event || !isPending(event)) return event
  if (stored.waits.reads <= 0) return resolve(store, calendar, event)
  stored.waits.reads--
  return event
}

/** The time of this one has come: timers may ring a moment before the clock says so. */
export function resolveLater(store: GoogleStore, calendar: GoogleCalendar, id: string): void {
  store.later(store.behaviour.conference.after, () => {
    const event = calendar.stored.get(id)?.event
    if (event && isPending(event)) resolve(store, calendar, event)
  })
}
