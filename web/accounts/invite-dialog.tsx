import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts } from '../api.ts'
import type { Role } from '../api-types.ts'
import { CopyLink } from '../copy-link.tsx'
import { useSay } from '../language.tsx'
import { useMe } from '../me.tsx'
import { placeFields, ProblemNotice } from '../problem.tsx'
import { peopleChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { SeatOptions, seatOf } from './seat.tsx'

type Draft = { email: string; roleId: string; seat: string }

/** An address, a role, a seat; then a link to hand out. */
export function InviteDialog({ roles, onClose }: { roles: Role[]; onClose: () => void }) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const { mail } = useMe()
  const form = useForm<Draft>({
    defaultValues: {
      email: '',
      roleId: roles.find(({ builtIn }) => builtIn === 'member')?.id ?? roles[0]?.id ?? '',
      seat: 'core/starter',
    },
  })
  const invite = useMutation({
    mutationFn: ({ email, roleId, seat }: Draft) => {
      const chosen = seatOf(seat)
      return accounts.invite({ email: email.trim(), roleId, ...(chosen ? { seat: chosen } : {}) })
    },
    onSuccess: () => peopleChanged(),
    onError: (error) => placeFields(form, error, sayApp),
  })
  const { errors } = form.formState
  if (invite.data)
    return (
      <Dialog title={say('team.invite_done')} close={sayApp('do.close')} onClose={onClose}>
        <p>
          {mail.practice
            ? say('team.invite_practice')
            : say('team.invite_done_body', { email: form.getValues('email') })}
        </p>
        <p className="rounded-control bg-sunken px-3 py-2 text-sm break-all select-all">{invite.data.link}</p>
        <DialogFoot>
          <CopyLink url={invite.data.link} />
          <Button tone="primary" onClick={onClose}>
            {sayApp('do.done')}
          </Button>
        </DialogFoot>
      </Dialog>
    )
  return (
    <Dialog title={say('team.invite_title')} close={sayApp('do.close')} onClose={onClose}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void form.handleSubmit((draft) => invite.mutate(draft))(event)}
      >
        <ProblemNotice error={invite.error} />
        <TextField
          label={say('team.invite_email')}
          type="email"
          inputMode="email"
          autoComplete="off"
          error={errors.email?.message}
          {...form.register('email', {
            required: sayApp('field.required'),
            pattern: { value: /^\S+@\S+\.\S+$/, message: sayApp('field.email') },
          })}
        />
        <SelectField label={say('team.invite_role')} {...form.register('roleId')}>
          {roles.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField label={say('team.invite_seat')} {...form.register('seat')}>
          <SeatOptions none={false} />
        </SelectField>
        <DialogFoot>
          <Button tone="quiet" onClick={onClose}>
            {sayApp('do.cancel')}
          </Button>
          <Button type="submit" tone="primary" busy={invite.isPending}>
            {say('team.invite_go')}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  )
}
