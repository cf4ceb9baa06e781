import { connectionWords } from '#core/locale/words/connections.ts'
import { ApiProblem } from '../api.ts'
import type { ReasonCode } from '../api-types.ts'
import { useSay } from '../language.tsx'

type Key = keyof typeof connectionWords.en
const isKey = (key: string): key is Key => key in connectionWords.en

export const isReason = (code: string): code is ReasonCode => isKey(`reason.${code}.cause`)

/** Cause and way out of a ReasonCode, with the server's name in them. */
export function useReason(): (code: string, host: string) => { cause: string; way: string } | null {
  const say = useSay(connectionWords)
  return (code, host) =>
    isReason(code)
      ? { cause: say(`reason.${code}.cause`, { host }), way: say(`reason.${code}.way`, { host }) }
      : null
}

/** The reason in a problem from the server, with the other host it may name. */
export const reasonIn = (error: unknown): { code: ReasonCode; host: string | null } | null =>
  error instanceof ApiProblem && isReason(error.code)
    ? { code: error.code, host: typeof error.more['host'] === 'string' ? error.more['host'] : null }
    : null

/** The server's name in what someone typed as an address. */
export const hostOf = (address: string): string =>
  URL.parse(/^[a-z]+:\/\//i.test(address) ? address : `https://${address}`)?.host ?? address

/** The server in an account's name: giulia@cloud.example.org, or giulia@example.org (dav.example.net). */
export const serverOf = (account: string): string =>
  /\(([^()]+)\)$/.exec(account)?.[1] ?? account.slice(account.lastIndexOf('@') + 1)
