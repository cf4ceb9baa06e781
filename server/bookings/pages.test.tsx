import { describe, expect, test } from 'vitest'
import { LOCALES } from '#core/locale/locale.ts'
import { MINUTE } from '#core/time/model.ts'
import {
  booking,
  calendarOf,
  clock,
  facts,
  form,
  FREE,
  MARIO,
  NOW,
  picker,
  QUESTIONS,
  ROME,
  TEN,
} from '#tests/e2e/public-states.ts'
import { webAddress } from './page-place.tsx'
import { stageOf } from './page-stage.tsx'
import { initials } from './page-parts.tsx'
import { sayDelta, sayLength, slotLabels, teller, words } from './page-times.ts'
import * as pages from './pages.tsx'
import type { BookingView, Frame, Query } from './views.ts'

const frame = (query: Query = {}, more: Partial<Frame> = {}): Frame => ({
  locale: 'it',
  nonce: 'nonce-1',
  assets: { script: '/assets/public-1.js', font: '/assets/figtree-1.woff2', fontExtended: null },
  workspace: 'Studio Ferri',
  address: { path: '/giulia/consulenza', query },
  ...more,
})
const textOf = (html: string): string =>
  html
    .replace(/^[\s\S]*<body/, '<body')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

const PAYLOADS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><script>x</script>',
  '</title><b>',
  '</textarea><b>',
  '<!--',
  '&lt;b&gt;',
  '{{7*7}}',
  '${7*7}',
  'javascript:alert(1)',
  '\u202Eevil',
  '\uE000host\uE000',
]

describe('G01 whatever people type stays text', () => {
  test.each(PAYLOADS)('%s', (payload) => {
    const typed = {
      name: payload,
      email: payload,
      guests: payload,
      consent: true,
      answers: Object.fromEntries(QUESTIONS.map(({ id }) => [id, [payload]])),
    }
    const questions = QUESTIONS.map((question) => ({
      ...question,
      label: payload,
      ...(question.options ? { options: [payload, 'b'] } : {}),
    }))
    const host = { name: payload, callName: payload, zone: ROME }
    const odd = facts('it', {
      title: payload,
      description: payload,
      host,
      place: { kind: 'place', value: payload },
    })
    const said = booking('it', {
      title: payload,
      host,
      place: { kind: 'video', value: payload },
      visitor: { name: payload, email: payload },
      guests: [payload],
      reason: payload,
      state: 'cancelled',
      cancelledBy: 'host',
    })
    const documents = [
      pages.renderPicker(
        frame({ day: payload, lang: payload, zone: payload }, { workspace: payload }),
        picker(
          'it',
          {},
          { facts: odd, kept: typed, hold: payload, zoneSearch: { text: payload, found: [] } },
        ),
      ),
      pages.renderPicker(
        frame(),
        picker(
          'it',
          {},
          {
            facts: odd,
            panel: {
              kind: 'form',
              form: form({
                typed,
                questions,
                guestsMax: 1,
                consent: { required: true, text: payload },
                key: payload,
                errors: { name: 'required', 'q-how': 'choice' },
              }),
            },
          },
        ),
      ),
      pages.renderBooking(frame(), said),
      pages.renderBooking(frame(), { ...said, state: 'confirmed' }),
      pages.renderCancel(frame(), {
        booking: { ...said, state: 'confirmed' },
        reason: payload,
        notice: null,
      }),
      pages.renderProposal(frame(), {
        booking: { ...said, state: 'requested', proposed: [TEN] },
        chosen: null,
        taken: null,
      }),
      pages.renderLanding(frame(), {
        name: payload,
        pages: [{ path: '/a/b', title: payload, description: payload, durations: [30], mode: 'bookings' }],
      }),
      pages.renderMessage(frame(), {
        kind: 'failed',
        requestId: payload,
        retryAfter: null,
        contact: payload,
        back: '/',
      }),
    ]
    const clean = (html: string) => ({
      scripts: html.match(/<script/g)?.length ?? 0,
      styles: html.match(/<style/g)?.length ?? 0,
      images: html.match(/<img/g)?.length ?? 0,
      handlers: /<[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*\son\w+=/.test(html),
      links: /(?:href|action|src)="\s*javascript:/i.test(html),
    })
    for (const html of documents)
      expect(clean(html)).toEqual({
        scripts: html.includes('public-1.js') ? 1 : 0,
        styles: 1,
        images: 0,
        handlers: false,
        links: false,
      })
  })
})

test('G03 a place is a link only where a browser may follow it', () => {
  for (const value of [
    'javascript:alert(1)',
    'data:text/html,x',
    'java\tscript:x',
    'vbscript:x',
    '//evil.example',
    'ftp://a.example',
    'https://user:pass@evil.example/',
    'Via Roma 1',
  ])
    expect(webAddress(value)).toBeNull()
  expect(webAddress(' https://meet.example/a ')?.href).toBe('https://meet.example/a')
})

describe('"confirmed" is said only of what the calendar gave back', () => {
  const stages: [Partial<BookingView>, string][] = [
    [{ calendar: 'standing' }, 'confirmed'],
    [{ calendar: 'writing' }, 'writing'],
    [{ calendar: 'failed' }, 'failed'],
    [{ calendar: 'none' }, 'confirmed'],
    [{ state: 'requested', calendar: 'none' }, 'requested'],
    [{ state: 'requested', calendar: 'none', proposed: [TEN] }, 'proposed'],
    [{ state: 'declined', calendar: 'none' }, 'declined'],
    [{ state: 'cancelled' }, 'cancelled'],
    [{ state: 'expired', calendar: 'none' }, 'expired'],
    [{ end: NOW }, 'past'],
  ]
  test.each(stages)('%o is %s', (more, stage) => expect(stageOf(booking('it', more))).toBe(stage))

  test.each(LOCALES)('no other stage uses the word, in %s', (locale) => {
    for (const [more, stage] of stages) {
      const html = pages.renderBooking(frame({}, { locale }), booking(locale, more))
      const sure = locale === 'it' ? /Confermato|Ci vediamo|event\.ics/ : /\bConfirmed\b|See you|event\.ics/
      expect(sure.test(html), stage).toBe(stage === 'confirmed')
    }
  })

  test('S-012 an unconnected page takes requests and promises nothing', () => {
    const offline = facts('it', { mode: { kind: 'requests' } })
    for (const html of [
      pages.renderPicker(frame(), picker('it', {}, { facts: offline })),
      pages.renderPicker(
        frame(),
        picker('it', {}, { facts: offline, panel: { kind: 'form', form: form({ hold: null }) } }),
      ),
    ]) {
      expect(textOf(html)).toContain('Questa è una richiesta.')
      expect(textOf(html)).not.toContain('Confermat')
    }
    expect(
      textOf(
        pages.renderPicker(
          frame(),
          picker('it', {}, { facts: offline, panel: { kind: 'form', form: form({ hold: null }) } }),
        ),
      ),
    ).toContain('Chiedi questo orario')
  })

  test('without script the page looks again while the calendar is written, and only then', () => {
    const html = (more: Partial<BookingView>) => pages.renderBooking(frame(), booking('it', more))
    expect(html({ calendar: 'writing', refresh: 3 })).toContain(
      '<noscript><meta http-equiv="refresh" content="3"/></noscript>',
    )
    expect(html({ calendar: 'writing', refresh: null })).not.toContain('refresh')
    expect(html({ calendar: 'standing', refresh: 3 })).not.toContain('refresh')
  })
})

test('both clocks are told in words where they differ', () => {
  const html = pages.renderBooking(frame(), booking('it', { clock: clock({ zone: 'America/New_York' }) }))
  expect(textOf(html)).toContain('04:00 per te, 10:00 per Giulia')
  const nextDay = pages.renderBooking(
    frame({}, { locale: 'en' }),
    booking('en', {
      clock: clock({ zone: 'Pacific/Auckland' }),
      start: Date.UTC(2026, 10, 25, 15),
      end: Date.UTC(2026, 10, 25, 16),
    }),
  )
  expect(textOf(nextDay)).toContain('04:00 for you, 16:00 on Wednesday for Giulia')
})

test('D03 of the hour that happens twice, each time says its offset', () => {
  const twice = Date.UTC(2026, 9, 25, 0, 30)
  expect(
    slotLabels(teller('en', { zone: 'Europe/Berlin', hour12: false }), 'Europe/Berlin', [
      twice - 60 * MINUTE,
      twice,
      twice + 60 * MINUTE,
    ]),
  ).toEqual(['01:30', '02:30 GMT+2', '02:30 GMT+1'])
})

test('clocks that change before the day are mentioned, and no others', () => {
  const html = (now: number, zone = ROME) =>
    pages.renderPicker(frame(), picker('it', {}, { clock: clock({ now, zone }) }))
  expect(html(NOW)).toMatch(/<p class="note"[^>]*hidden/)
  expect(html(Date.UTC(2026, 9, 20))).not.toMatch(/<p class="note"[^>]*hidden/)
  // The visitor's clock stands still, the host's does not.
  expect(html(Date.UTC(2026, 9, 20), 'Asia/Tokyo')).not.toMatch(/<p class="note"[^>]*hidden/)
})

test('a page’s links keep what was chosen and drop what belongs to one step', () => {
  const html = pages.renderPicker(
    frame({
      lang: 'it',
      zone: 'Europe/Oslo',
      clock: '12',
      length: '30',
      slot: '1',
      hold: 'secret-hold',
      day: '2026-11-25',
    }),
    picker('it', { day: '2026-11-25' }),
  )
  const links = [...html.matchAll(/href="(\/giulia[^"]*)"/g)]
    .map(([, href]) => new URL(href!.replaceAll('&amp;', '&'), 'http://a'))
    .filter(({ searchParams }) => searchParams.get('zone') !== '')
  expect(links.length).toBeGreaterThan(20)
  for (const { searchParams } of links)
    expect([
      searchParams.get('zone'),
      searchParams.get('clock'),
      searchParams.get('slot'),
      searchParams.get('hold'),
    ]).toEqual(['Europe/Oslo', '12', null, null])
})

test('what was typed before the time was taken travels with the next one', () => {
  const html = pages.renderPicker(
    frame(),
    picker(
      'it',
      {},
      {
        panel: { kind: 'taken', lost: TEN, nearest: [TEN + 30 * MINUTE] },
        kept: { ...MARIO, answers: { needs: ['Sito', 'Negozio'] } },
      },
    ),
  )
  const alert = html.slice(
    html.indexOf('role="alert"'),
    html.indexOf('</form>', html.indexOf('role="alert"')),
  )
  for (const field of [
    'name="name" value="Mario Rossi"',
    'name="email" value="mario@example.it"',
    'name="consent" value="yes"',
    'name="q-needs" value="Sito"',
    'name="q-needs" value="Negozio"',
  ])
    expect(alert).toContain(field)
})

test('an empty page is no dead end', () => {
  const nothing = pages.renderPicker(frame(), picker('it', {}, { calendar: calendarOf(ROME, {}, [], true) }))
  expect(nothing).toContain('ask=1')
  const later = pages.renderPicker(
    frame(),
    picker(
      'it',
      {},
      {
        calendar: calendarOf(
          ROME,
          {},
          FREE.filter((start) => start > Date.UTC(2027, 0, 10)),
        ),
      },
    ),
  )
  expect(textOf(later)).toContain('Primo libero: lun 11 gen')
})

test('F15 pages behind a link of their own are kept out of search, the booking page is not', () => {
  const noindex = '<meta name="robots" content="noindex"/>'
  expect(pages.renderPicker(frame(), picker('it'))).not.toContain(noindex)
  for (const html of [
    pages.renderPicker(frame(), picker('it', {}, { panel: { kind: 'form', form: form() } })),
    pages.renderBooking(frame(), booking('it')),
    pages.renderCancel(frame(), { booking: booking('it'), reason: '', notice: null }),
  ])
    expect(html).toContain(noindex)
})

test('G19 the only style and script carry the nonce, and no element has a style of its own', () => {
  const html = pages.renderPicker(frame(), picker('it'))
  expect(html.match(/<style[^>]*>/g)).toEqual(['<style nonce="nonce-1">'])
  expect(html.match(/<script[^>]*>/g)).toEqual([
    '<script type="module" src="/assets/public-1.js" nonce="nonce-1">',
  ])
  expect(html).not.toMatch(/\sstyle=/)
  expect(
    pages.renderMessage(frame(), {
      kind: 'not-found',
      requestId: null,
      retryAfter: null,
      contact: null,
      back: null,
    }),
  ).not.toContain('<script')
})

test('J01 before a booking the room’s address is nobody’s to read', () => {
  expect(pages.renderPicker(frame(), picker('it'))).not.toContain('meet.studioferri')
  expect(pages.renderBooking(frame(), booking('it', { calendar: 'writing' }))).not.toContain(
    'meet.studioferri',
  )
})

test('lengths and distances read as people say them', () => {
  const t = words('it')
  expect([15, 60, 90, 120].map((length) => sayLength(t, length))).toEqual([
    '15 minuti',
    '1 ora',
    '1 ora e 30 minuti',
    '2 ore',
  ])
  expect([-30, 60, 90, -2880].map((minutes) => sayDelta(t, TEN, TEN + minutes * MINUTE))).toEqual([
    '−30 min',
    '+1 h',
    '+1 h 30',
    '−2 giorni',
  ])
})

test('initials are whole letters, also of names that are not made of one code unit each', () => {
  expect([
    initials('Giulia Ferri'),
    initials('Cher'),
    initials('  '),
    initials('👩‍👩‍👧‍👦 Rossi'),
    initials('ö z'),
  ]).toEqual(['GF', 'C', '', '👩‍👩‍👧R', 'ÖZ'])
})
