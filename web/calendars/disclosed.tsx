import { CalendarSync, Eye, KeyRound, Mail, PencilLine, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import type { Disclosure } from '../api-types.ts'
import { useSay } from '../language.tsx'

const ICONS: Record<string, ReactNode> = {
  read: <Eye size={18} aria-hidden />,
  write: <PencilLine size={18} aria-hidden />,
  match: <CalendarSync size={18} aria-hidden />,
  mail: <Mail size={18} aria-hidden />,
}
// Not what the account may do, but what comes with it: shown elsewhere.
const BESIDES = new Set(['keys', 'unverified', 'seven-days'])

/** What a connection may do, line by line as the server will keep it, and where the keys stay (S-070 to S-074). */
export function Disclosed({ lines }: { lines: Disclosure['lines'] }) {
  const say = useSay(calendarWords)
  return (
    <>
      <ul className="grid gap-3">
        {lines
          .filter(({ key }) => !BESIDES.has(key))
          .map(({ key, text }) => (
            <li key={key} className="flex gap-3">
              <span className="mt-1 flex-none">{ICONS[key] ?? <ShieldCheck size={18} aria-hidden />}</span>
              <span>{text}</span>
            </li>
          ))}
      </ul>
      <div className="flex gap-3 rounded-card bg-info-soft px-4 py-3 text-on-info-soft">
        <KeyRound size={18} aria-hidden className="mt-1 flex-none" />
        <p>
          <strong className="font-bold">{lines.find(({ key }) => key === 'keys')?.text}</strong>{' '}
          {say('cal.disclose.revoke')}
        </p>
      </div>
    </>
  )
}
