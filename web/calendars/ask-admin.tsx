import { useQuery } from '@tanstack/react-query'
import { Mail } from 'lucide-react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { formatList } from '#core/locale/dates.ts'
import type { ReactNode } from 'react'
import { useLanguage, useSay } from '../language.tsx'
import { peopleQuery } from '../queries.ts'
import { buttonLook } from '../ui/button.tsx'

type Written = { subject: string; body: string }

const mailto = (addresses: string[], { subject, body }: Written): string =>
  `mailto:${addresses.join(',')}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body)}`

const Letter = ({ href, children }: { href: string; children: ReactNode }) => (
  <a href={href} className={buttonLook({ tone: 'primary' })}>
    <Mail size={18} aria-hidden />
    {children}
  </a>
)

/** A letter to whoever administers, ready to send, and who that is. */
export function AskAdmin({ label, letter }: { label: string; letter: Written }) {
  const say = useSay(calendarWords)
  const { locale } = useLanguage()
  const people = useQuery(peopleQuery).data
  const builtIn = new Set(people?.roles.filter((role) => role.builtIn === 'admin').map(({ id }) => id))
  const admins = people?.people.filter(({ role, disabled }) => !disabled && builtIn.has(role.id)) ?? []
  return (
    <div className="grid justify-items-start gap-1">
      <Letter
        href={mailto(
          admins.map(({ email }) => email),
          letter,
        )}
      >
        {label}
      </Letter>
      {admins.length > 0 && (
        <p className="text-sm text-muted">
          {say('admin.who')}:{' '}
          {formatList(
            locale,
            admins.map(({ name }) => name),
          )}
        </p>
      )}
    </div>
  )
}

/** A letter to one colleague; nothing where we do not know how to reach them. */
export function AskPerson({ name, letter }: { name: string; letter: Written }) {
  const say = useSay(calendarWords)
  const people = useQuery(peopleQuery).data?.people
  const person = people?.find((each) => each.name === name)
  return person ? <Letter href={mailto([person.email], letter)}>{say('way.ask', { name })}</Letter> : null
}
