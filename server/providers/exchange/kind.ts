import type { EventKind } from '../provider.ts'
import { textAt } from './parse.ts'
import type { Element } from './parse.ts'

// LegacyFreeBusyType. Working elsewhere came in 2013, and older servers say NoData or Free instead.
const SHOWN: Readonly<Record<string, EventKind>> = {
  Free: 'transparent',
  WorkingElsewhere: 'transparent',
  Tentative: 'tentative',
  Busy: 'busy',
  OOF: 'out-of-office',
}
// ResponseTypeType; Unknown stands on everything that is no meeting.
const ANSWERS = ['', 'Unknown', 'Organizer', 'Accept', 'Tentative', 'NoResponseReceived']

/**
 * The table of B32, first line that holds: cancelled · declined by its owner · free, working elsewhere · a word we do not know ·
 * unanswered · tentative · out of office · busy.
 */
export function kindOf(item: Element): EventKind {
  if (isTrue(textAt(item, 'IsCancelled'))) return 'cancelled'
  const answer = textAt(item, 'MyResponseType')
  if (answer === 'Decline') return 'declined'
  const shown = SHOWN[textAt(item, 'LegacyFreeBusyStatus')]
  if (shown === 'transparent') return shown
  if (shown === undefined || !ANSWERS.includes(answer)) return 'unknown'
  if (answer === 'NoResponseReceived') return 'unanswered'
  return answer === 'Tentative' ? 'tentative' : shown
}

/** xs:boolean. */
export const isTrue = (text: string): boolean => text === 'true' || text === '1'
