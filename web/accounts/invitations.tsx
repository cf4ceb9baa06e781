import { useMutation } from '@tanstack/react-query'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts } from '../api.ts'
import type { Invitation, Role } from '../api-types.ts'
import { useSay, useTimes } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { peopleChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card, Row, Rows } from '../ui/card.tsx'
import { toast } from '../ui/toasts.tsx'

export function Invitations({ invitations, roles }: { invitations: Invitation[]; roles: Role[] }) {
  const say = useSay(accountWords)
  const times = useTimes()
  const withdraw = useMutation({
    mutationFn: accounts.withdrawInvitation,
    onSuccess: async () => {
      toast(say('team.invitation_withdrawn'))
      await peopleChanged()
    },
  })
  return (
    <Card flush title={say('team.invitations')}>
      {withdraw.isError && <ProblemNotice error={withdraw.error} />}
      <Rows>
        {invitations.map(({ id, email, roleId, expiresAt }) => (
          <Row key={id}>
            <div className="min-w-0 flex-1 basis-48">
              <p className="font-medium">{email}</p>
              <p className="text-sm text-muted">
                {roles.find((role) => role.id === roleId)?.name} ·{' '}
                {say('team.invitation_until', { when: times.date(expiresAt) })}
              </p>
            </div>
            <Button
              small
              busy={withdraw.isPending && withdraw.variables === id}
              onClick={() => withdraw.mutate(id)}
            >
              {say('team.invitation_withdraw')}
            </Button>
          </Row>
        ))}
      </Rows>
    </Card>
  )
}
