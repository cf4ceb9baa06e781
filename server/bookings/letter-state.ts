import { lettersOf, type LetterOfEffect } from '#server/mail/outbox.ts'
import type { Tx } from '#server/platform/database.ts'
import type { EffectRow } from './store.ts'

export type TellingState = LetterOfEffect['state'] | 'none'

type Asked = { effectId: string; state: EffectRow['state'] }

/** What became of the letters behind effects: an effect is done once its letter is queued, and only the letter knows whether it left (I23). */
export async function letterStates(tx: Tx, effects: readonly Asked[]): Promise<Map<string, TellingState>> {
  const letters = new Map((await lettersOf(tx, effects.map(({ effectId }) => effectId))).map((letter) => [letter.effectId, letter.state]))
  return new Map(effects.map(({ effectId, state }) => [effectId, letters.get(effectId) ?? withoutLetter(state)]))
}

function withoutLetter(state: EffectRow['state']): TellingState {
  if (state === 'failed' || state === 'unknown') return state
  return state === 'dropped' || state === 'done' ? 'none' : 'queued'
}
