import { findSlots, isSlot } from '#core/availability/slots.ts'
import type { Slots } from '#core/availability/model.ts'
import { DAY, type Instant, type Span } from '#core/time/model.ts'
import type { Busy } from '#core/time/busy.ts'
import { modeOf, questionOf, type Mode, type OwnRow, type PageInputs } from './inputs.ts'

/** What a visitor may choose now in a window. Pure: the same inputs and instant always have the same answer. */
export function slotsOf(inputs: PageInputs, duration: number, window: Span, now: Instant, except?: (own: OwnRow) => boolean): { mode: Mode; slots: Slots } {
  const mode = modeOf(inputs, now)
  if (mode.kind === 'closed' || !inputs.type.durations.includes(duration)) return { mode, slots: new Float64Array(0) }
  return { mode, slots: findSlots(questionOf(inputs, { duration, window, now, mode, countRequests: true, ...(except ? { except } : {}) })) }
}

/** The slots nearest to a start that was just lost, nearest first, then in order of time. */
export function alternativesTo(
  inputs: PageInputs,
  lost: { start: Instant; duration: number },
  now: Instant,
  options: { fresh?: Map<string, Busy>; except?: (own: OwnRow) => boolean; count?: number } = {},
): Instant[] {
  const mode = modeOf(inputs, now)
  if (mode.kind === 'closed') return []
  const window = { start: Math.max(now, lost.start - 7 * DAY), end: lost.start + 14 * DAY }
  const found = findSlots(questionOf(inputs, { duration: lost.duration, window, now, mode, countRequests: true, ...options }))
  return [...found]
    .filter((start) => start !== lost.start)
    .sort((a, b) => Math.abs(a - lost.start) - Math.abs(b - lost.start) || a - b)
    .slice(0, options.count ?? 2)
    .sort((a, b) => a - b)
}

/** Whether exactly this start would be offered to this asker. */
export const mayStart = (inputs: PageInputs, start: Instant, duration: number, now: Instant, mode: Mode, options: { fresh?: Map<string, Busy>; except?: (own: OwnRow) => boolean } = {}): boolean =>
  inputs.type.durations.includes(duration) &&
  isSlot(questionOf(inputs, { duration, window: { start: start - 8 * DAY, end: start + 8 * DAY }, now, mode, ...options }), start)
