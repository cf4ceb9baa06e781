import type { Locale } from '#core/locale/locale.ts'
import { speak } from '#core/locale/say.ts'
import { eventTypesWords } from '#core/locale/words/event-types.ts'
import type { EventTypeRow } from './store.ts'
import type { Template } from './model.ts'

type Settings = Omit<EventTypeRow, 'id' | 'version'>

/** What a page begins with when nobody says otherwise: nothing can go wrong with it. */
const FIRST: Settings = {
  title: '',
  description: '',
  location: { kind: 'ask', value: '' },
  durations: [30],
  increment: 30,
  bufferBefore: 0,
  bufferAfter: 0,
  notice: 4 * 60,
  horizon: { kind: 'rolling', days: 60 },
  perDay: null,
  perWeek: null,
  capacity: 1,
  assignment: 'solo',
  scheduleId: null,
  questions: [],
  consent: null,
  reminders: [{ n: 1, unit: 'days' }],
  guestsMax: 0,
  whenUnreadable: { kind: 'requests' },
  onCalendarChange: { moved: 'reschedule', deleted: 'cancel', declined: 'ask' },
}

/** The three pages one can begin from (ux.md §2c), in one's own language. */
export function fromTemplate(template: Template | undefined, locale: Locale): Settings & { slug: string } {
  const say = speak(eventTypesWords, locale)
  switch (template) {
    case 'quick-call':
      return {
        ...FIRST, ...lasting(15), title: say('template.call.title'), description: say('template.call.description'), slug: say('template.call.slug'),
        location: { kind: 'phone', value: '' },
        // Nobody's number is known yet, so the visitor's is asked.
        questions: [{ id: 'phone', label: say('template.call.phone'), kind: 'phone', required: true }],
      }
    case 'in-person':
      return { ...FIRST, ...lasting(60), title: say('template.visit.title'), description: say('template.visit.description'), slug: say('template.visit.slug'), location: { kind: 'place', value: '' }, bufferBefore: 15, bufferAfter: 15 }
    case 'first-meeting':
    case undefined:
      return { ...FIRST, ...lasting(30), title: say('template.first.title'), description: say('template.first.description'), slug: say('template.first.slug') }
  }
}

/** A new start every half hour, or more often for what is shorter. */
export const lasting = (minutes: number): Pick<Settings, 'durations' | 'increment'> => ({ durations: [minutes], increment: Math.min(minutes, 30) })
