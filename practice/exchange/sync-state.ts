import { randomBytes } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Refused } from './reply.ts'
import type { PracticeStore } from './store.ts'

/** What the asker holds: by the thing, when it had last changed then. */
export type Known = Record<string, number>
type State = { of: string; generation: number; known: Known; filler: string }

/** Opaque to whoever carries it, large, and base64: Exchange's own grow with the folder. */
export const writeState = (
  { generation, syncStatePadding }: PracticeStore,
  known: Known,
  of: string,
): string =>
  gzipSync(
    JSON.stringify({
      of,
      generation,
      known,
      filler: randomBytes(syncStatePadding).toString('base64'),
    } satisfies State),
  ).toString('base64')

/** Nothing is known without a state; one that was not made here and for this cannot be used. */
export function readState(store: PracticeStore, text: string | undefined, of: string): Known {
  if (text === undefined || text === '') return {}
  let state: State
  try {
    state = JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as State
  } catch {
    throw new Refused('ErrorInvalidSyncStateData')
  }
  if (state.of !== of || state.generation !== store.generation) throw new Refused('ErrorInvalidSyncStateData')
  return state.known
}
