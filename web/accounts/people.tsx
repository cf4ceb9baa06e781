import { useMutation } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts } from '../api.ts'
import type { Person, Role, Seat } from '../api-types.ts'
import { ConfirmDialog } from '../confirm-dialog.tsx'
import { useSay } from '../language.tsx'
import { adopt, useMe } from '../me.tsx'
import { ProblemNotice } from '../problem.tsx'
import { peopleChanged } from '../queries.ts'
import { Actions, actionLook } from '../ui/actions.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Card, Row, Rows } from '../ui/card.tsx'
import { Chip } from '../ui/chip.tsx'
import { SelectField } from '../ui/field.tsx'
import { toast } from '../ui/toasts.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { SeatOptions, seatOf, seatText } from './seat.tsx'

export function PeopleCard({
  people,
  roles,
  manages,
}: {
  people: Person[]
  roles: Role[]
  manages: boolean
}) {
  const say = useSay(accountWords)
  const [inviting, setInviting] = useState(false)
  return (
    <Card
      flush
      title={say('team.people')}
      lead={people.length === 1 ? say('team.alone') : undefined}
      actions={
        manages && (
          <Button tone="primary" icon={<UserPlus size={18} aria-hidden />} onClick={() => setInviting(true)}>
            {say('team.invite')}
          </Button>
        )
      }
    >
      <Rows>
        {people.map((person) => (
          <PersonRow key={person.id} person={person} roles={roles} manages={manages} />
        ))}
      </Rows>
      {inviting && <InviteDialog roles={roles} onClose={() => setInviting(false)} />}
    </Card>
  )
}

type Change = Partial<{ roleId: string; seat: Seat | null; disabled: boolean }>

function PersonRow({ person, roles, manages }: { person: Person; roles: Role[]; manages: boolean }) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const { user } = useMe()
  const [asking, setAsking] = useState(false)
  const me = person.id === user.id
  const change = useMutation({
    mutationFn: (draft: Change) => accounts.changePerson(person.id, draft),
    onSuccess: async () => {
      setAsking(false)
      toast(say('team.changed', { name: person.name }))
      await peopleChanged()
      if (me) adopt(await accounts.me())
    },
  })
  return (
    <Row>
      <Avatar name={person.name} />
      <div className="min-w-0 flex-1 basis-48">
        <p className="font-medium">
          {person.name} {me && <span className="font-normal text-muted">({say('team.you')})</span>}{' '}
          {person.disabled && <Chip>{say('team.off')}</Chip>}
        </p>
        <p className="text-sm text-muted">{person.email}</p>
      </div>
      {manages ? (
        <>
          <SelectField
            hideLabel
            label={say('team.role_of', { name: person.name })}
            className="w-40 flex-auto @3xl:flex-none"
            value={person.role.id}
            onChange={(event) => change.mutate({ roleId: event.target.value })}
          >
            {roles.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
          <SelectField
            hideLabel
            label={say('team.seat_of', { name: person.name })}
            className="w-52 flex-auto @3xl:flex-none"
            value={seatText(person.seat)}
            onChange={(event) => change.mutate({ seat: seatOf(event.target.value) })}
          >
            <SeatOptions />
          </SelectField>
          <Actions label={sayApp('do.more')} name={sayApp('do.more_of', { name: person.name })}>
            <button
              type="button"
              className={actionLook(!person.disabled)}
              disabled={me}
              onClick={() => (person.disabled ? change.mutate({ disabled: false }) : setAsking(true))}
            >
              {say(person.disabled ? 'team.switch_on' : 'team.switch_off')}
            </button>
          </Actions>
        </>
      ) : (
        <Chip>{person.role.name}</Chip>
      )}
      {change.isError && !asking && (
        <div className="w-full">
          <ProblemNotice error={change.error} />
        </div>
      )}
      {asking && (
        <ConfirmDialog
          title={say('team.switch_off_title', { name: person.name })}
          go={say('team.switch_off')}
          busy={change.isPending}
          error={change.error}
          onGo={() => change.mutate({ disabled: true })}
          onClose={() => setAsking(false)}
        >
          <p>{say('team.switch_off_body')}</p>
        </ConfirmDialog>
      )}
    </Row>
  )
}
