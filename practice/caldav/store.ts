import { createHash } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync, existsSync } from 'node:fs'
import { parse, type Component } from '#core/icalendar/content.ts'
import { readObject } from '#core/icalendar/read.ts'
import type { Span } from '#core/time/model.ts'

export type CalendarObject = { href: string; etag: string; text: string; uid: string; changed: number }
export type PracticeCalendar = { path: string; name: string; color: string; zone: string; readOnly: boolean; objects: Map<string, CalendarObject>; gone: Map<string, number>; changed: number }

/** Everything the practice server holds. With a file, it is written whole after each change, beside its place and renamed into it. */
export class PracticeStore {
  readonly calendars = new Map<string, PracticeCalendar>()
  #file: string | null
  #clock = 0

  constructor(file: string | null = null) {
    this.#file = file
    if (file && existsSync(file)) this.#load(file)
  }

  makeCalendar(path: string, props: { name: string; color?: string; zone?: string; readOnly?: boolean }): PracticeCalendar {
    const calendar: PracticeCalendar = { path, name: props.name, color: props.color ?? '#17624F', zone: props.zone ?? 'Europe/Rome', readOnly: props.readOnly ?? false, objects: new Map(), gone: new Map(), changed: ++this.#clock }
    this.calendars.set(path, calendar)
    this.#save()
    return calendar
  }

  put(calendar: PracticeCalendar, href: string, text: string, uid: string): CalendarObject {
    const changed = ++this.#clock
    const object = { href, text, uid, changed, etag: `"${createHash('sha256').update(text).update(String(changed)).digest('hex').slice(0, 24)}"` }
    calendar.objects.set(href, object)
    calendar.gone.delete(href)
    calendar.changed = changed
    this.#save()
    return object
  }

  remove(calendar: PracticeCalendar, href: string): void {
    calendar.objects.delete(href)
    calendar.gone.set(href, (calendar.changed = ++this.#clock))
    this.#save()
  }

  #save(): void {
    if (!this.#file) return
    const fresh = `${this.#file}.${process.pid}`
    const plain = [...this.calendars.values()].map((calendar) => ({ ...calendar, objects: [...calendar.objects.values()], gone: [...calendar.gone] }))
    writeFileSync(fresh, JSON.stringify({ clock: this.#clock, calendars: plain }))
    renameSync(fresh, this.#file)
  }

  #load(file: string): void {
    const { clock, calendars } = JSON.parse(readFileSync(file, 'utf8')) as { clock: number; calendars: (Omit<PracticeCalendar, 'objects' | 'gone'> & { objects: CalendarObject[]; gone: [string, number][] })[] }
    this.#clock = clock
    for (const calendar of calendars)
      this.calendars.set(calendar.path, { ...calendar, objects: new Map(calendar.objects.map((object) => [object.href, object])), gone: new Map(calendar.gone) })
  }
}

/** The one UID of a calendar object resource (RFC 4791 §4.1), or null for what a server must not take. */
export function uidOf(text: string): string | null {
  const parsed = parse(text)
  if (parsed.kind === 'unreadable') return null
  const parts = parsed.calendar.parts.filter((part) => part.name === 'VEVENT' || part.name === 'VTODO')
  const uids = new Set(parts.map((part) => property(part, 'UID')))
  const [uid] = uids
  // METHOD belongs to letters, not to stored objects; and an event must begin (RFC 5545 §3.6.1).
  if (uids.size !== 1 || !uid || property(parsed.calendar, 'METHOD')) return null
  return parts.every((part) => part.name !== 'VEVENT' || property(part, 'DTSTART')) ? uid : null
}

const property = (component: Component, name: string): string | undefined => component.properties.find((one) => one.name === name)?.value

/** Whether any occurrence touches the span. */
export function touches(text: string, span: Span, zone: string): boolean {
  const reading = readObject(text, { window: span, zone, owner: [] })
  return reading !== null && reading.occurrences.length > 0
}
