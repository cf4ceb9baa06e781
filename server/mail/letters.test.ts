import { describe, expect, test } from 'vitest'
import type { Locale } from '#core/locale/locale.ts'
import { LOCALES } from '#core/locale/locale.ts'
import { composeLetter } from './compose.ts'
import {
  cancelledLetter, declinedLetter, hostBookedLetter, hostCancelledLetter, hostMovedLetter, hostRequestedLetter, hostShownLetter, hostUnwrittenLetter,
  invitationLetter, linkLetter, movedLetter, placeOf, proposalLetter, reminderLetter, requestLetter, type Letter, type Meeting, type Visitor,
} from './letters.ts'
import { whenOf } from './when.ts'

const HALF_PAST = 30 * 60_000
const start = Date.UTC(2026, 10, 25, 9)
const span = { start, end: start + HALF_PAST }
const url = (path: string) => `https://meet.example.test/${path}`
const urls = { move: url('b/T/move'), cancel: url('b/T/cancel') }

type Told = { name: string; title: string; host: string; note: string }
const ORDINARY: Told = { name: 'Nina Berg', title: 'Primo incontro', host: 'Giulia Ferri', note: 'Porto i disegni.' }

/** Every letter there is, with these words put into every place that a person outside may fill. */
function everyLetter(locale: Locale, told: Told = ORDINARY): Record<string, Letter> {
  const when = whenOf(locale, span, 'Europe/Rome', { name: told.host, zone: 'America/New_York' })
  const before = whenOf(locale, { start: start - 86_400_000, end: start - 86_400_000 + HALF_PAST }, 'Europe/Rome')
  const meeting: Meeting = { title: told.title, host: told.host, visitor: told.name, when, place: placeOf(locale, { kind: 'place', value: told.note }) }
  const visitor: Visitor = { email: 'nina.berg@example.test', phone: '+47 22 33 44', guests: ['ole@example.test'], answers: [{ label: told.title, value: told.note }] }
  const host = { locale, meeting, visitor, workspace: told.host, url: url('app/meetings/1') }
  return {
    invitation: invitationLetter({ locale, meeting, urls }),
    accepted: invitationLetter({ locale, meeting, urls, accepted: true }),
    movedByVisitor: movedLetter({ locale, meeting, before, by: 'visitor', urls }),
    movedByHost: movedLetter({ locale, meeting, before, by: 'host', urls }),
    cancelledByVisitor: cancelledLetter({ locale, meeting, by: 'visitor', urls: { again: null } }),
    cancelledByHost: cancelledLetter({ locale, meeting, by: 'host', reason: told.note, urls: { again: url('giulia/incontro') } }),
    reminder: reminderLetter({ locale, meeting, urls }),
    request: requestLetter({ locale, meeting, urls: { withdraw: url('b/T/cancel') } }),
    declined: declinedLetter({ locale, meeting, reason: told.note, urls: { more: url('giulia/incontro') } }),
    proposal: proposalLetter({ locale, meeting, times: [when, before].map((time, index) => ({ when: time, url: url(`b/T/proposal?start=${index}`) })), urls: { more: url('giulia/incontro') } }),
    hostBooked: hostBookedLetter({ ...host, calendar: 'standing' }),
    hostRequested: hostRequestedLetter(host),
    hostMoved: hostMovedLetter({ ...host, before }),
    hostCancelled: hostCancelledLetter({ ...host, reason: told.note }),
    hostUnwritten: hostUnwrittenLetter({ ...host, reason: told.note }),
    invitedByProvider: invitationLetter({ locale, meeting, urls, attached: false }),
    invitedByHost: invitationLetter({ locale, meeting, urls: { ...urls, move: null }, invited: true }),
    movedWithout: movedLetter({ locale, meeting, before, by: 'calendar', urls, attached: false }),
    cancelledWithout: cancelledLetter({ locale, meeting, by: 'calendar', urls: { again: null }, attached: false, invited: true }),
    link: linkLetter({ locale, meeting, urls }),
    shownMoved: hostShownLetter({ ...host, shown: 'moved', before, because: 'conflict' }),
    shownDeleted: hostShownLetter({ ...host, shown: 'deleted', before: null, because: null }),
    shownDeclined: hostShownLetter({ ...host, shown: 'declined', before: null, because: null }),
    shownRefused: hostShownLetter({ ...host, shown: 'refused', before: null, because: null }),
  }
}

/** What a reader of the HTML sees, as far as a test needs it. */
const seen = (html: string) =>
  html.slice(html.indexOf('</div>')).replace(/<br>/g, ' ').replace(/<[^>]*>/g, '\u0001').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
const links = (html: string) => [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!.replaceAll('&amp;', '&'))
const flat = (text: string) => text.replace(/\s+/g, ' ')

describe.each(LOCALES)('letters in %s', (locale) => {
  test.each(Object.entries(everyLetter(locale)))('%s tells the same in HTML and in text', (_name, { html, text }) => {
    const visible = flat(seen(html).split('\u0001').join(' '))
    // Every line of the text stands in the HTML; addresses stand there as links.
    for (const line of text.split('\n').map((part) => part.trim()).filter((part) => part !== '' && part !== '—')) {
      if (line.startsWith('https:')) expect(links(html)).toContain(line)
      else for (const part of line.replace(/:$/, '').split(/: (?=\S)/)) expect(visible).toContain(flat(part))
    }
    for (const link of links(html).filter((href) => href.startsWith('http'))) expect(text).toContain(link)
  })

  test.each(Object.entries(everyLetter(locale)))('D32 %s names the day, the time, the zone and its offset', (_name, { text, html }) => {
    for (const form of [text, seen(html)]) {
      expect(form).toContain('25')
      expect(form).toContain('2026')
      expect(form).toContain('10:00–10:30')
      expect(form).toContain(locale === 'it' ? 'Ora dell’Europa centrale (Roma, UTC+1)' : 'Central European Time (Rome, UTC+1)')
    }
  })

  test('the HTML is a table of at most 600 pixels without scripts, pictures, remote addresses or foreign fonts', () => {
    for (const { html } of Object.values(everyLetter(locale))) {
      expect(html).toContain('max-width:600px')
      expect(html).not.toMatch(/<(script|img|link|iframe|form|svg|object|video|audio)\b|@import|@font-face|url\(|var\(|flex|grid|\son[a-z]+=/i)
      expect(html).toMatch(new RegExp(`<html lang="${locale}"`))
      expect(Buffer.byteLength(html)).toBeLessThan(30_000)
    }
  })
})

const EVIL = [
  '<a href=//evil.example>Your account is locked</a>', '<img src=x onerror=alert(1)>', '<style>*{display:none}</style>', '"><script>alert(1)</script>', `' onmouseover='alert(1)`,
  '</td></tr></table><h1>PayPal</h1>', '<!-- ', '&lt;b&gt;', 'javascript:alert(1)', 'https://evil.example/login', 'www.evil.example', 'evil.example', '{name} {host}', "'{'x'}'", '\u202egnp.exe', '\u0000\r\nBcc: v@x.example',
]
test.each(EVIL)('G04 %j in every field is text and nothing else', (evil) => {
  for (const { html, text, subject } of Object.values(everyLetter('en', { name: evil, title: evil, host: evil, note: evil }))) {
    const calm = everyLetter('en', { name: 'x', title: 'x', host: 'x', note: 'x' })
    const tags = (form: string) => new Set([...form.matchAll(/<\/?([a-z0-9!-]+)/gi)].map(([, tag]) => tag))
    const known = tags(Object.values(calm).map((letter) => letter.html).join(''))
    expect([...tags(html)].filter((tag) => !known.has(tag))).toEqual([])
    expect(links(html).every((href) => href.startsWith('https://meet.example.test/') || href === 'mailto:nina.berg@example.test')).toBe(true)
    // A mail program that makes links of text finds none but ours.
    const addresses = [...text.matchAll(/[a-z]+:\/\/\S+|\b[\w-]+\.(?=[a-z])\S+/gi)].map(([found]) => found)
    expect(addresses.filter((found) => !found.startsWith('https://meet.example.test/') && found !== 'nina.berg@example.test')).toEqual([])
    for (const control of ['\u0000', '\u202e']) expect(subject + text).not.toContain(control)
    expect(subject).not.toMatch(/[\r\n]/)
    if (evil.startsWith('<a')) expect(seen(html)).toContain('<a href=//evil.')
  }
})

test('G04 a letter refuses to make a link of what is no address', () => {
  const parts = { preheader: '', heading: 'x', lines: [], facts: [], footer: '' }
  for (const url of ['javascript:alert(1)', 'data:text/html,x', '/relative', 'https://x.example/"onclick="', 'https://x.example/\nBcc: y', ''])
    expect(() => composeLetter('en', { ...parts, actions: [{ label: 'x', url }] })).toThrow('not an address')
})

test('a video room that the host has set is a link, anything else in its place is not', () => {
  const meeting = (value: string) => ({ title: 'x', host: 'y', visitor: 'z', when: whenOf('en', span, 'Europe/Rome'), place: placeOf('en', { kind: 'video', value }) })
  expect(links(invitationLetter({ locale: 'en', meeting: meeting('https://video.example.test/room'), urls }).html)).toContain('https://video.example.test/room')
  expect(links(invitationLetter({ locale: 'en', meeting: meeting('javascript:alert(1)'), urls }).html)).toEqual([urls.move, urls.cancel])
  expect(placeOf('it', { kind: 'place', value: '' })).toEqual({ words: 'Da concordare' })
  expect(placeOf('en', { kind: 'phone', value: '+39 02 1' })).toEqual({ words: 'By phone, +39 02 1' })
})

describe('when', () => {
  test('both clocks are told, and the other day where it is one', () => {
    const late = { start: Date.UTC(2026, 10, 25, 22, 30), end: Date.UTC(2026, 10, 25, 23, 30) }
    expect(whenOf('en', late, 'Europe/Rome', { name: 'Aiko', zone: 'Asia/Tokyo' }).lines).toEqual([
      'Wednesday 25 November 2026, 23:30 – Thu 26 Nov, 00:30',
      'Central European Time (Rome, UTC+1)',
      'Thu 26 Nov, 07:30–08:30 for Aiko, Japan Standard Time (Tokyo, UTC+9)',
    ])
    expect(whenOf('it', span, 'Europe/Rome', { name: 'Aiko', zone: 'Asia/Kolkata' }).lines[2]).toBe('14:30–15:00 per Aiko, Ora standard dell’India (Kolkata, UTC+5:30)')
  })

  test('two people under one clock read one line, even in zones of two names', () => {
    expect(whenOf('it', span, 'Europe/Rome', { name: 'Hans', zone: 'Europe/Berlin' }).lines).toHaveLength(2)
  })

  test('a meeting across the night the clocks change names the day it ends and the offset it begins with', () => {
    const night = { start: Date.UTC(2026, 9, 24, 23, 30), end: Date.UTC(2026, 9, 25, 1, 30) }
    expect(whenOf('en', night, 'Europe/Rome').lines).toEqual(['Sunday 25 October 2026, 01:30–02:30', 'Central European Time (Rome, UTC+2)'])
  })

  test('zones without a city are named by their offset', () => {
    expect(whenOf('en', span, 'UTC').lines[1]).toBe('UTC')
    expect(whenOf('en', span, 'Etc/GMT+3').lines[1]).toBe('UTC−3')
  })
})
