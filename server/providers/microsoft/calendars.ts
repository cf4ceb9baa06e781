import type { Zone } from '#core/time/model.ts'
import { NotFound, Unreachable } from '../provider.ts'
import type { RemoteCalendar, Session } from '../provider.ts'
import { ask, at, read, readAll } from './ask.ts'
import type { Raw } from './ask.ts'
import { word } from './kind.ts'
import { zoneCalled } from './times.ts'

const FIELDS = 'id,name,hexColor,canEdit,isDefaultCalendar,allowedOnlineMeetingProviders'
const LONGEST_NAME = 200

/** All calendars of the mailbox. An account without one is Unreachable with `no-mailbox`. */
export async function listCalendars(session: Session): Promise<RemoteCalendar[]> {
  const [listed, zone] = await Promise.all([
    readAll(session, at(session, ['me', 'calendars'], { $select: FIELDS, $top: '100' })),
    mailboxZone(session),
  ])
  return listed.flatMap((calendar) => {
    const { id, name, hexColor, canEdit, isDefaultCalendar } = calendar
    if (typeof id !== 'string' || id === '') return []
    return {
      remoteId: id,
      name: (typeof name === 'string' ? name : '')
        .replace(/[\s\p{Cc}]+/gu, ' ')
        .trim()
        .slice(0, LONGEST_NAME)
        .toWellFormed(),
      color: typeof hexColor === 'string' && /^#[0-9a-f]{6}$/i.test(hexColor) ? hexColor.toLowerCase() : null,
      zone,
      writable: canEdit === true,
      primary: isDefaultCalendar === true,
      conference: allowsTeams(calendar) ? ('teams' as const) : null,
    }
  })
}

/** Whether this calendar can make a Teams link by itself (calendar: allowedOnlineMeetingProviders). */
export const allowsTeams = ({ allowedOnlineMeetingProviders: allowed }: Raw): boolean =>
  Array.isArray(allowed) && allowed.some((provider) => word(provider) === 'teamsforbusiness')

/**
 * Calendars have no zone at Graph, mailboxes have. Whoever may not see it is no worse off than with a calendar that
 * names none.
 */
async function mailboxZone(session: Session): Promise<Zone | null> {
  try {
    const { timeZone } = read(await ask(session, at(session, ['me', 'mailboxSettings']), { method: 'GET' }))
    return typeof timeZone === 'string' ? zoneCalled(timeZone) : null
  } catch (error) {
    if (error instanceof NotFound || (error instanceof Unreachable && SILENT.includes(error.reason)))
      return null
    throw error
  }
}
const SILENT: Unreachable['reason'][] = ['forbidden', 'bad-answer', 'no-mailbox']
