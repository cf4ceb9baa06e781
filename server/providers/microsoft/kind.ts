import type { EventKind } from '../provider.ts'
import { isRaw } from './ask.ts'
import type { Raw } from './ask.ts'

const SHOWN: Readonly<Record<string, EventKind>> = {
  free: 'transparent',
  workingelsewhere: 'transparent',
  tentative: 'tentative',
  busy: 'busy',
  oof: 'out-of-office',
}
const ANSWERS = ['none', 'organizer', 'accepted', 'tentativelyaccepted', 'notresponded']

/**
 * The table of B32, first line that holds: cancelled · declined by its owner · free, working elsewhere · a word we
 * do not know · unanswered · tentative · out of office · busy. An organizer need not answer.
 */
export function kindOf(item: Raw): EventKind {
  if (item['isCancelled'] === true) return 'cancelled'
  const given = answerIn(item['responseStatus'])
  const answer = item['isOrganizer'] === true && given !== 'declined' ? 'organizer' : given
  if (answer === 'declined') return 'declined'
  const shown = SHOWN[word(item['showAs'])]
  if (shown === 'transparent') return shown
  if (shown === undefined || !ANSWERS.includes(answer)) return 'unknown'
  if (answer === 'notresponded') return 'unanswered'
  return answer === 'tentativelyaccepted' ? 'tentative' : shown
}

/** What somebody has answered, in lower case; `none` where nothing is said. */
export const answerIn = (status: unknown): string => {
  const response = isRaw(status) ? status['response'] : undefined
  return response === undefined || response === null ? 'none' : word(response)
}

// The service writes its words in lower camel case, its documentation not always.
export const word = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '')
