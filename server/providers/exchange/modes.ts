/** How an Exchange account is used: all it can do, or no more than the bookings on scheduling pages (S-085…S-089). */
export type ExchangeMode = 'full' | 'bookings-only'

export type Ability =
  | 'read-busy'
  | 'write-booking'
  | 'cancel'
  | 'reschedule'
  | 'meeting-to-calendar'
  | 'calendar-to-crm'
  | 'proposed-times'

type Missing = {
  ability: Ability
  /** The line of the source's own list that asks for it. */
  source: string
  /** The sentence that says so where the button would be. */
  words: `exchange.without.${string}`
}

/** What each mode leaves out. */
export const MISSING: Readonly<Record<ExchangeMode, readonly Missing[]>> = {
  full: [],
  'bookings-only': [
    { ability: 'cancel', source: 'S-085', words: 'exchange.without.cancel' },
    { ability: 'reschedule', source: 'S-085', words: 'exchange.without.reschedule' },
    { ability: 'meeting-to-calendar', source: 'S-087', words: 'exchange.without.meeting-to-calendar' },
    { ability: 'calendar-to-crm', source: 'S-088', words: 'exchange.without.calendar-to-crm' },
    { ability: 'proposed-times', source: 'S-089', words: 'exchange.without.proposed-times' },
  ],
}

/** Why an ability is not there in this mode, as the key of its sentence; null where it is. */
export const whyNot = (mode: ExchangeMode, ability: Ability): Missing['words'] | null =>
  MISSING[mode].find((missing) => missing.ability === ability)?.words ?? null

export const can = (mode: ExchangeMode, ability: Ability): boolean => whyNot(mode, ability) === null
