import { connectionWords } from '#core/locale/words/connections.ts'
import { ApiProblem } from '../api.ts'
import { useSay } from '../language.tsx'

type Key = keyof typeof connectionWords.en
const isKey = (key: string): key is Key => key in connectionWords.en

/** The sentence of a CAL-… code with its names filled in; null for a code we have no words for. */
export function useCalError(): (code: string, values: Record<string, string>) => string | null {
  const say = useSay(connectionWords)
  return (code, values) => {
    const key = `cal-error.${code}`
    return isKey(key) ? say(key, values) : null
  }
}

/** The CAL-… code in a problem from the server. */
export const calCode = (error: unknown): string | null =>
  error instanceof ApiProblem && error.code.startsWith('CAL-') ? error.code : null

/** A text that came along with a problem. */
export const toldBy = (error: unknown, name: string): string | null => {
  const value = error instanceof ApiProblem ? error.more[name] : null
  return typeof value === 'string' && value !== '' ? value : null
}
