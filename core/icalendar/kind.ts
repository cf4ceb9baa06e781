import { find, param } from './content.ts'
import type { Component, Property } from './content.ts'

/** What an event does to its owner's time (B32). `unknown` blocks like `busy`. */
export type EventKind =
  | 'busy'
  | 'tentative'
  | 'unanswered'
  | 'out-of-office'
  | 'declined'
  | 'cancelled'
  | 'transparent'
  | 'unknown'

const STATUSES = ['', 'CONFIRMED', 'TENTATIVE', 'CANCELLED']
const PARTSTATS = ['ACCEPTED', 'DECLINED', 'TENTATIVE', 'NEEDS-ACTION', 'DELEGATED']

/**
 * The table of B32, first line that holds: cancelled · declined by its owner · transparent · a word we do not know ·
 * unanswered · tentative · out of office · Outlook's "free" and "working elsewhere" where TRANSP is silent · busy.
 * TRANSP, which every client edits, outweighs Outlook's private property, which some leave behind unedited.
 */
export function kindOf(event: Component, owner: readonly string[]): EventKind {
  const status = word(find(event, 'STATUS'))
  const answer = ownAnswer(event, owner)
  const transparency = word(find(event, 'TRANSP'))
  const outlook = word(find(event, 'X-MICROSOFT-CDO-BUSYSTATUS'))
  if (status === 'CANCELLED') return 'cancelled'
  if (answer === 'DECLINED') return 'declined'
  if (transparency === 'TRANSPARENT') return 'transparent'
  if (!STATUSES.includes(status) || (answer !== null && !PARTSTATS.includes(answer))) return 'unknown'
  if (transparency !== '' && transparency !== 'OPAQUE') return 'unknown'
  if (answer === 'NEEDS-ACTION') return 'unanswered'
  if (status === 'TENTATIVE' || answer === 'TENTATIVE' || outlook === 'TENTATIVE') return 'tentative'
  if (outlook === 'OOF') return 'out-of-office'
  return transparency === '' && (outlook === 'FREE' || outlook === 'WORKINGELSEWHERE')
    ? 'transparent'
    : 'busy'
}

const word = (property: Property | undefined): string => property?.value.trim().toUpperCase() ?? ''

/** Null when the owner is not invited, or organizes it: an organizer need not answer, but may have declined. */
function ownAnswer(event: Component, owner: readonly string[]): string | null {
  const invited = event.properties.find(
    (property) => property.name === 'ATTENDEE' && owner.includes(addressOf(property)),
  )
  if (!invited) return null
  const answer = (param(invited, 'PARTSTAT') ?? 'NEEDS-ACTION').toUpperCase()
  const organizer = find(event, 'ORGANIZER')
  return answer !== 'DECLINED' && organizer && owner.includes(addressOf(organizer)) ? null : answer
}

/** The mail address behind a CAL-ADDRESS, lower-cased; servers that write a path there name it in EMAIL. */
export function addressOf(property: Property): string {
  const value = property.value.trim()
  const mail = /^mailto:/i.test(value) ? value.slice(7) : (param(property, 'EMAIL') ?? value)
  return decoded(mail).trim().toLowerCase()
}

function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
