import { CalendarSync, Eye, KeyRound, PencilLine } from 'lucide-react'
import type { ReactNode } from 'react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { useSay } from '../language.tsx'

/** What a connection may do, in words a person agrees to (S-070 to S-074). A change of meaning is a new DISCLOSURE_VERSION. */
export function Disclosed() {
  const say = useSay(calendarWords)
  return (
    <>
      <ul className="grid gap-3">
        <Line icon={<Eye size={18} aria-hidden />}>{say('cal.disclose.read')}</Line>
        <Line icon={<PencilLine size={18} aria-hidden />}>{say('cal.disclose.write')}</Line>
        <Line icon={<CalendarSync size={18} aria-hidden />}>{say('cal.disclose.match')}</Line>
      </ul>
      <div className="flex gap-3 rounded-card bg-info-soft px-4 py-3 text-on-info-soft">
        <KeyRound size={18} aria-hidden className="mt-1 flex-none" />
        <p>
          <strong className="font-bold">{say('cal.disclose.keys')}</strong> {say('cal.disclose.revoke')}
        </p>
      </div>
    </>
  )
}

const Line = ({ icon, children }: { icon: ReactNode; children: ReactNode }) => (
  <li className="flex gap-3">
    <span className="mt-1 flex-none">{icon}</span>
    <span>{children}</span>
  </li>
)
