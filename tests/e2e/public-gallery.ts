import { findZones } from '#core/locale/cities.ts'
import type { Locale } from '#core/locale/locale.ts'
import { MINUTE } from '#core/time/model.ts'
import type { Frame, PickerView, Query } from '#server/bookings/views.ts'
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
} from './public-states.ts'

export type Pages = typeof import('#server/bookings/pages.tsx')

export const FONT = '/assets/figtree.woff2'
export const SCRIPT = '/assets/public.js'
export const NONCE = 'preview'

export const frameOf = (path: string, query: Query, locale: Locale): Frame => ({
  locale,
  nonce: NONCE,
  assets: { script: SCRIPT, font: FONT, fontExtended: null },
  workspace: 'Studio Ferri',
  address: { path, query },
})

const requests = { kind: 'requests' } as const
const other = clock({ zone: 'America/New_York' })
const OCTOBER = Date.UTC(2026, 9, 24, 22)

/** Every state with a name, as a function of the language. */
export const STATES: Record<string, (pages: Pages, locale: Locale) => string> = Object.fromEntries(
  Object.entries({
    picker: (l) => picker(l),
    'picker-several': (l) =>
      picker(
        l,
        {},
        {
          facts: facts(l, {
            durations: [30, 60, 90],
            length: 60,
            place: { kind: 'place', value: 'Via Roma 1, Milano' },
          }),
        },
      ),
    'picker-new-york-12': (l) => picker(l, { day: '2026-11-25' }, { clock: { ...other, hour12: true } }),
    'picker-empty-day': (l) => picker(l, { day: '2026-12-07' }),
    'picker-empty-weeks': (l) =>
      picker(
        l,
        {},
        {
          calendar: calendarOf(
            ROME,
            { week: '2026-11-16' },
            FREE.filter((start) => start > Date.UTC(2027, 0, 10)),
          ),
        },
      ),
    'picker-nothing': (l) => picker(l, {}, { calendar: calendarOf(ROME, {}, [], true) }),
    'picker-offline': (l) => picker(l, undefined, { facts: facts(l, { mode: requests }) }),
    'picker-closed': (l) =>
      picker(l, {}, { facts: facts(l, { mode: { kind: 'closed' } }), calendar: calendarOf(ROME, {}, []) }),
    'picker-zone': (l) => picker(l, undefined, { zoneSearch: { text: '', found: [] } }),
    'picker-zone-unknown': (l) => picker(l, undefined, { zoneSearch: { text: 'Atlantide', found: [] } }),
    'picker-zone-several': (l) =>
      picker(l, undefined, { zoneSearch: { text: 'san', found: findZones('san') } }),
    'picker-clock-change': (l) =>
      picker(l, undefined, {
        clock: clock({ now: OCTOBER - 86_400_000, zone: 'Europe/Berlin' }),
        calendar: {
          ...calendarOf(ROME, {}, []),
          days: [
            {
              date: '2026-10-25',
              slots: [0, 30, 60, 90, 120, 150, 180, 210, 240].map((minutes) => OCTOBER + minutes * MINUTE),
              reason: null,
            },
          ],
          day: '2026-10-25',
          previous: null,
        },
      }),
    'picker-taken': (l) =>
      picker(l, undefined, {
        panel: { kind: 'taken', lost: TEN, nearest: [TEN - 30 * MINUTE, TEN + 90 * MINUTE] },
        kept: MARIO,
        calendar: calendarOf(
          ROME,
          { day: '2026-11-25' },
          FREE.filter((start) => start !== TEN),
        ),
      }),
    form: (l) => picker(l, undefined, { panel: { kind: 'form', form: form() } }),
    'form-offline': (l) =>
      picker(l, undefined, {
        facts: facts(l, { mode: requests }),
        panel: { kind: 'form', form: form({ hold: null }) },
      }),
    'form-long': (l) =>
      picker(l, undefined, {
        clock: other,
        panel: {
          kind: 'form',
          form: form({
            questions: QUESTIONS,
            guestsMax: 3,
            consent: { required: true, text: 'Acconsento all’uso dei miei dati per questo incontro.' },
          }),
        },
      }),
    'form-errors': (l) =>
      picker(l, undefined, {
        panel: {
          kind: 'form',
          form: form({
            questions: QUESTIONS,
            guestsMax: 3,
            typed: { ...MARIO, email: 'mario@', guests: 'a, b' },
            consent: { required: true, text: 'Acconsento all’uso dei miei dati.' },
            errors: {
              email: 'email',
              'q-company': 'required',
              'q-how': 'choice',
              guests: 'guests',
              consent: 'consent',
            },
          }),
        },
      }),
    'form-again': (l) =>
      picker(l, undefined, { panel: { kind: 'form', form: form({ notice: 'again', typed: MARIO }) } }),
    move: (l) =>
      picker(l, undefined, { moving: { token: 'T0ken', from: { start: TEN, end: TEN + 30 * MINUTE } } }),
    'move-question': (l) =>
      picker(l, undefined, {
        moving: { token: 'T0ken', from: { start: TEN, end: TEN + 30 * MINUTE } },
        panel: { kind: 'move', to: TEN + 90 * MINUTE },
      }),
  } satisfies Record<string, (locale: Locale) => PickerView>).map(([name, view]) => [
    name,
    (pages: Pages, locale: Locale) => {
      const shown = view(locale)
      const day = name === 'picker-empty-day' ? '2026-12-07' : shown.calendar.day
      return pages.renderPicker(
        frameOf(
          shown.moving ? '/b/T0ken/move' : '/giulia/consulenza',
          { lang: locale, ...(day ? { day } : {}) },
          locale,
        ),
        shown,
      )
    },
  ]),
)

for (const [name, more] of Object.entries({
  booked: { fresh: 'booked' },
  'booked-abroad': {
    fresh: 'booked',
    clock: other,
    guests: ['anna@example.it', 'luca@example.it'],
    invitation: 'waiting',
  },
  'booked-no-letter': { invitation: 'failed', place: { kind: 'phone', value: '+39 02 1234' } },
  writing: { fresh: 'booked', calendar: 'writing', invitation: 'waiting' },
  'calendar-failed': { calendar: 'failed' },
  requested: { state: 'requested', calendar: 'none', fresh: 'booked', invitation: 'none' },
  'now-request': { state: 'requested', calendar: 'none', fresh: 'now-request', invitation: 'none' },
  proposed: {
    state: 'requested',
    calendar: 'none',
    invitation: 'none',
    proposed: [TEN + 90 * MINUTE, TEN + 24 * 60 * MINUTE, TEN + 26 * 60 * MINUTE],
  },
  declined: { state: 'declined', calendar: 'none', reason: 'In quei giorni non ci sono.' },
  cancelled: { state: 'cancelled', cancelledBy: 'host', reason: 'Influenza' },
  expired: { state: 'expired', calendar: 'none' },
  past: { start: NOW - 86_400_000, end: NOW - 84_000_000 },
} satisfies Record<string, Parameters<typeof booking>[1]>))
  STATES[name] = (pages, locale) =>
    pages.renderBooking(frameOf('/b/T0ken', { lang: locale }, locale), booking(locale, more))

const proposed = [TEN + 90 * MINUTE, TEN + 24 * 60 * MINUTE, TEN + 26 * 60 * MINUTE]
Object.assign(STATES, {
  cancel: (pages, l) =>
    pages.renderCancel(frameOf('/b/T0ken/cancel', { lang: l }, l), {
      booking: booking(l),
      reason: '',
      notice: null,
    }),
  withdraw: (pages, l) =>
    pages.renderCancel(frameOf('/b/T0ken/cancel', { lang: l }, l), {
      booking: booking(l, { state: 'requested', calendar: 'none' }),
      reason: 'Ho risolto',
      notice: 'again',
    }),
  proposal: (pages, l) =>
    pages.renderProposal(frameOf('/b/T0ken/proposal', { lang: l }, l), {
      booking: booking(l, { state: 'requested', proposed, clock: other }),
      chosen: proposed[0]!,
      taken: null,
    }),
  'proposal-taken': (pages, l) =>
    pages.renderProposal(frameOf('/b/T0ken/proposal', { lang: l }, l), {
      booking: booking(l, { state: 'requested', proposed }),
      chosen: null,
      taken: { lost: proposed[0]!, nearest: [proposed[0]! - 60 * MINUTE, proposed[0]! + 30 * MINUTE] },
    }),
  landing: (pages, l) =>
    pages.renderLanding(frameOf('/giulia', { lang: l }, l), {
      name: 'Giulia Ferri',
      pages: [
        {
          path: '/giulia/consulenza',
          title: facts(l).title,
          description: facts(l).description,
          durations: [30],
          mode: 'bookings',
        },
        {
          path: '/giulia/progetto',
          title: 'Progetto',
          description: '',
          durations: [60, 90],
          mode: 'requests',
        },
        {
          path: '/giulia/visita',
          title: 'Visita in studio',
          description: 'Ti mostro come lavoriamo.',
          durations: [45],
          mode: 'closed',
        },
      ],
    }),
  'landing-empty': (pages, l) =>
    pages.renderLanding(frameOf('/giulia', { lang: l }, l), { name: 'Giulia Ferri', pages: [] }),
  privacy: (pages, l) =>
    pages.renderPrivacy(frameOf('/privacy', { lang: l }, l), { contact: 'privacy@studioferri.example' }),
  ...Object.fromEntries(
    (['not-found', 'gone', 'too-many', 'failed', 'maintenance', 'refused'] as const).map((kind) => [
      `message-${kind}`,
      (pages: Pages, l: Locale) =>
        pages.renderMessage(frameOf('/x', {}, l), {
          kind,
          requestId: '7f3a9c',
          retryAfter: 170,
          contact: 'it@studioferri.example',
          back: '/giulia/consulenza',
        }),
    ]),
  ),
} satisfies typeof STATES)
