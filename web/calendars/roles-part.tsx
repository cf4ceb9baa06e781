import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { connections } from '../api.ts'
import type { AccountRole, Connection } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { calendarsChanged } from '../queries.ts'
import { Tick } from '../ui/tick.tsx'
import { toast } from '../ui/toasts.tsx'
import { isTripProvider } from './providers.ts'

const ROLES = ['busy', 'bookings', 'crm', 'mail'] as const satisfies AccountRole[]

/** Where several accounts are allowed, each says what it is for. */
export function RolesPart({ connection }: { connection: Connection }) {
  const say = useSay(calendarWords)
  const [none, setNone] = useState(false)
  const change = useMutation({
    mutationFn: (roles: AccountRole[]) => connections.change(connection.id, { roles }),
    onSuccess: async () => {
      toast(say('cal.roles.saved'))
      await calendarsChanged()
    },
  })
  const shown = change.isPending ? change.variables : connection.roles
  const toggle = (role: AccountRole) => {
    const next = ROLES.filter((each) => (each === role) !== connection.roles.includes(each))
    setNone(next.length === 0)
    if (next.length > 0) change.mutate(next)
  }
  return (
    <fieldset aria-busy={change.isPending} className="border-t border-border pt-5">
      <legend className="float-left w-full font-medium">{say('cal.roles.title')}</legend>
      <div className="clear-both grid gap-x-8 @2xl:grid-cols-2">
        {ROLES.filter((role) => role !== 'mail' || isTripProvider(connection.provider)).map((role) => (
          <Tick
            key={role}
            label={say(`cal.roles.${role}`)}
            hint={say(`cal.roles.${role}_hint`)}
            checked={shown.includes(role)}
            disabled={change.isPending}
            onChange={() => toggle(role)}
          />
        ))}
      </div>
      {none && (
        <p role="alert" className="text-sm font-medium text-danger">
          {say('cal.roles.one')}
        </p>
      )}
      <ProblemNotice error={change.error} />
    </fieldset>
  )
}
