import type { Offer, Schedule } from '#core/availability/model.ts'
import { MINUTE } from '#core/time/model.ts'
import type { EventTypeRow } from './store.ts'

type Rules = Pick<EventTypeRow, 'durations' | 'increment' | 'bufferBefore' | 'bufferAfter' | 'notice' | 'horizon' | 'perDay' | 'perWeek' | 'capacity'>

/** An event type as the slot rules see it. */
export const offerOf = ({ durations, increment, bufferBefore, bufferAfter, notice, horizon, perDay, perWeek, capacity }: Rules): Offer => ({
  durations,
  increment,
  before: bufferBefore,
  after: bufferAfter,
  limits: { notice: notice * MINUTE, horizon, perDay, perWeek },
  capacity,
})

export const scheduleOf = ({ zone, weekly, overrides }: Schedule): Schedule => ({ zone, weekly, overrides })
