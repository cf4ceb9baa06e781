import type { Say } from '#core/locale/say.ts'
import type { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import type { ReminderUnit } from '../api-types.ts'
import type { Draft } from './draft.ts'
import type { Section } from './sections.ts'

type Key = keyof typeof eventTypeWords.en
/** What stands in the way of saving: where, and the sentence beside the field. */
export type FieldProblem = { section: Section; field: string; words: string }

const UNITS: Record<ReminderUnit, number> = { minutes: 1, hours: 60, days: 1440, weeks: 10_080 }
const LONGEST = 8 * 10_080
const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/
const whole = (n: number | null, min: number, max: number) =>
  n === null || (Number.isInteger(n) && n >= min && n <= max)

export function problemsOf({ slug, eventType }: Draft, say: Say<Key>, required: string): FieldProblem[] {
  const found: FieldProblem[] = []
  const check = (fine: boolean, section: Section, field: string, words: string) =>
    void (fine || found.push({ section, field, words }))
  const number = (min: number, max: number) => say('hours.number_bad', { min, max })

  check(eventType.title.trim() !== '', 'basics', 'title', required)
  check(SLUG.test(slug), 'basics', 'slug', say('basics.slug_bad'))
  const { kind, value } = eventType.location
  check(
    kind !== 'video' || value === '' || ['https:', 'http:'].includes(URL.parse(value)?.protocol ?? ''),
    'basics',
    'location',
    say('basics.place_bad.video'),
  )
  check(
    kind !== 'phone' || value === '' || /^\+?[0-9 ()./-]{3,40}$/.test(value),
    'basics',
    'location',
    say('basics.place_bad.phone'),
  )
  check(eventType.durations.length > 0, 'basics', 'durations', say('basics.duration_none'))
  check(
    eventType.horizon.kind === 'rolling' ||
      (eventType.horizon.from !== '' && eventType.horizon.from <= eventType.horizon.to),
    'hours',
    'horizon',
    say('hours.horizon.order'),
  )
  check(whole(eventType.perDay, 1, 1000), 'hours', 'perDay', number(1, 1000))
  check(whole(eventType.perWeek, 1, 5000), 'hours', 'perWeek', number(1, 5000))
  check(whole(eventType.capacity, 1, 1000), 'hours', 'capacity', number(1, 1000))
  if (eventType.whenUnreadable.kind === 'last-known')
    check(whole(eventType.whenUnreadable.hours, 1, 72), 'hours', 'whenUnreadable', number(1, 72))
  for (const { id, label, kind, options } of eventType.questions) {
    check(label.trim() !== '', 'questions', `${id}.label`, say('questions.label_missing'))
    if (kind === 'choice' || kind === 'many')
      check(
        (options ?? []).filter((option) => option.trim() !== '').length > 1,
        'questions',
        `${id}.options`,
        say('questions.options_missing'),
      )
  }
  check(whole(eventType.guestsMax, 0, 50), 'questions', 'guestsMax', number(0, 50))
  check(
    eventType.consent === null || eventType.consent.text.trim() !== '',
    'questions',
    'consent',
    say('questions.consent_missing'),
  )
  for (const [index, reminder] of eventType.reminders.entries()) {
    const before = reminder.n * UNITS[reminder.unit]
    check(
      Number.isInteger(reminder.n) && before >= 5 && before <= LONGEST,
      'after',
      `reminder.${index}`,
      say('after.range'),
    )
    check(
      !eventType.reminders.slice(0, index).some((other) => other.n * UNITS[other.unit] === before),
      'after',
      `reminder.${index}`,
      say('after.twice'),
    )
  }
  check(eventType.assignment === 'solo' || eventType.hosts.length > 1, 'team', 'hosts', say('team.hosts_two'))
  return found
}
