import { accountWords } from '#core/locale/words/app-accounts.ts'
import type { Seat } from '../api-types.ts'
import { useSay } from '../language.tsx'

const KINDS = ['core', 'sales', 'service'] as const
const LEVELS = ['starter', 'professional', 'enterprise'] as const

export const seatText = (seat: Seat | null): string => (seat ? `${seat.kind}/${seat.level}` : '')
export const seatOf = (text: string): Seat | null => {
  const [kind, level] = text.split('/')
  const found = {
    kind: KINDS.find((known) => known === kind),
    level: LEVELS.find((known) => known === level),
  }
  return found.kind && found.level ? { kind: found.kind, level: found.level } : null
}

/** Every seat there is, as options of a select. */
export function SeatOptions({ none = true }: { none?: boolean }) {
  const say = useSay(accountWords)
  return (
    <>
      {none && <option value="">{say('seat.none')}</option>}
      {KINDS.flatMap((kind) =>
        LEVELS.map((level) => (
          <option key={`${kind}/${level}`} value={`${kind}/${level}`}>
            {say(`seat.kind.${kind}`)} · {say(`seat.level.${level}`)}
          </option>
        )),
      )}
    </>
  )
}
