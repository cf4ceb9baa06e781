import type { Session } from '../provider.ts'
import { messagesOf } from './ask.ts'
import { askOwnFolders } from './calendars.ts'
import { MovedToCloud, TooOld } from './cloud.ts'
import { isOnline, isTooOld, nameOf } from './version.ts'
import type { ServerVersion } from './version.ts'

export type Standing =
  | { kind: 'ready'; version: ServerVersion | null; server: string }
  /** CAL-EWS-CLOUD */
  | { kind: 'moved-to-cloud' }
  /** CAL-EWS-VERSION */
  | { kind: 'too-old'; server: string }

/** Whether this address is an Exchange of ours to use, before anything is kept. Faults of the world are thrown. */
export async function examine(session: Session): Promise<Standing> {
  try {
    const reply = await askOwnFolders(session)
    const { version } = reply
    const server = version ? nameOf(version) : 'Exchange'
    if (version && isOnline(version)) return { kind: 'moved-to-cloud' }
    if (version && isTooOld(version)) return { kind: 'too-old', server }
    const [calendar] = messagesOf(reply)
    if (calendar?.fault) throw calendar.fault
    return { kind: 'ready', version, server }
  } catch (error) {
    if (error instanceof MovedToCloud) return { kind: 'moved-to-cloud' }
    if (error instanceof TooOld) return { kind: 'too-old', server: 'Exchange' }
    throw error
  }
}
