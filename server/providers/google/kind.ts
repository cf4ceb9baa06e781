import type { EventKind } from '../provider.ts'
import { isRaw } from './ask.ts'
import type { Raw } from './ask.ts'

/**
 * The table of B32, first line that holds: cancelled · declined by its owner · transparent · a birthday, or where its owner
 * works · a word we do not know · unanswered · tentative · out of office · busy. Where a word is absent Google means its default.
 */
export function kindOf({ status, transparency, eventType }: Raw, answer: unknown): EventKind {
  if (status === 'cancelled') return 'cancelled'
  if (answer === 'declined') return 'declined'
  if (transparency === 'transparent' || eventType === 'workingLocation' || eventType === 'birthday')
    return 'transparent'
  const away = eventType === 'outOfOffice'
  const understood =
    (status === 'confirmed' || status === 'tentative' || status === undefined) &&
    (transparency === undefined || transparency === 'opaque') &&
    (away ||
      eventType === 'default' ||
      eventType === undefined ||
      eventType === 'focusTime' ||
      eventType === 'fromGmail')
  if (!understood) return 'unknown'
  if (answer === 'needsAction') return 'unanswered'
  if (answer !== undefined && answer !== 'accepted' && answer !== 'tentative') return 'unknown'
  if (status === 'tentative' || answer === 'tentative') return 'tentative'
  return away ? 'out-of-office' : 'busy'
}

/** Whether this organizer is the owner of the calendar: who organizes need not answer, but may have declined. */
export const ownAnswer = (responseStatus: unknown, organizer: unknown): unknown =>
  responseStatus !== 'declined' && isRaw(organizer) && organizer['self'] === true ? undefined : responseStatus
