import { google, office365, outlook, yahoo } from 'calendar-link'
import type { Instant } from '#core/time/model.ts'

export type AddLink = { name: string; url: string }

/** Links that put a meeting into a calendar on the web. */
export function addLinks(meeting: {
  title: string
  start: Instant
  end: Instant
  description: string
  location: string
}): AddLink[] {
  const start = new Date(meeting.start).toISOString()
  const end = new Date(meeting.end).toISOString()
  const event = { ...meeting, start, end }
  // The library gives Outlook the server's wall clock without an offset, which Outlook takes for the reader's own
  // (calendar-link#523): with a Z it is an instant.
  const inUtc = (url: string): string => {
    const fixed = new URL(url)
    fixed.searchParams.set('startdt', start.replace('.000', ''))
    fixed.searchParams.set('enddt', end.replace('.000', ''))
    return fixed.href
  }
  return [
    { name: 'Google', url: google(event) },
    { name: 'Outlook.com', url: inUtc(outlook(event)) },
    { name: 'Office 365', url: inUtc(office365(event)) },
    { name: 'Yahoo', url: yahoo(event) },
  ]
}
