import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts } from '../api.ts'
import type { InvitationSeen } from '../api-types.ts'
import { deviceZone, useLanguage, useSay } from '../language.tsx'
import { adopt } from '../me.tsx'
import { Failed, isProblem, placeFields, ProblemNotice } from '../problem.tsx'
import { ScreenHeading } from '../screen.tsx'
import { Button, buttonLook } from '../ui/button.tsx'
import { PasswordField, TextField } from '../ui/field.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Front } from './front.tsx'

export function AcceptInvitation() {
  const sayApp = useSay(appWords)
  const { token } = useParams({ from: '/invite/$token' })
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => accounts.invitation(token),
    staleTime: Infinity,
  })
  return (
    <Front>
      {(() => {
        switch (invitation.status) {
          case 'pending':
            return <Skeleton rows={3} label={sayApp('state.loading')} />
          case 'error':
            return isProblem(invitation.error, 'not-found') ? (
              <Gone />
            ) : (
              <Failed error={invitation.error} retry={invitation.refetch} />
            )
          case 'success':
            return invitation.data.known ? (
              <Known {...invitation.data} />
            ) : (
              <Join token={token} {...invitation.data} />
            )
        }
      })()}
    </Front>
  )
}

function Join({ token, email, workspaceName }: InvitationSeen & { token: string }) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const { locale } = useLanguage()
  const navigate = useNavigate()
  const form = useForm({ defaultValues: { name: '', password: '' } })
  const join = useMutation({
    mutationFn: (draft: { name: string; password: string }) =>
      accounts.acceptInvitation(token, { ...draft, locale, zone: deviceZone() }),
    onSuccess: (me) => {
      adopt(me)
      void navigate({ to: '/app' })
    },
    onError: (error) => placeFields(form, error, sayApp),
  })
  const { errors } = form.formState
  if (isProblem(join.error, 'not-found')) return <Gone />
  return (
    <>
      <ScreenHeading
        title={say('invite.title', { workspace: workspaceName })}
        below={say('invite.lead', { email })}
      />
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void form.handleSubmit((draft) => join.mutate(draft))(event)}
      >
        <ProblemNotice error={join.error} />
        <input type="hidden" autoComplete="username" value={email} readOnly />
        <TextField
          label={say('invite.name')}
          autoComplete="name"
          error={errors.name?.message}
          {...form.register('name', { required: sayApp('field.required') })}
        />
        <PasswordField
          label={say('setup.password')}
          hint={say('setup.password_hint')}
          autoComplete="new-password"
          show={sayApp('field.password_show')}
          hide={sayApp('field.password_hide')}
          error={errors.password?.message}
          {...form.register('password', {
            required: sayApp('field.required'),
            minLength: { value: 10, message: say('setup.password_hint') },
          })}
        />
        <Button type="submit" tone="primary" wide busy={join.isPending}>
          {say('invite.go')}
        </Button>
      </form>
    </>
  )
}

function Known({ email, workspaceName }: InvitationSeen) {
  const say = useSay(accountWords)
  return (
    <>
      <ScreenHeading title={say('invite.title', { workspace: workspaceName })} />
      <p className="mb-4">{say('invite.known', { email })}</p>
      <Link to="/login" className={buttonLook({ tone: 'primary', wide: true })}>
        {say('sign_in.go')}
      </Link>
    </>
  )
}

function Gone() {
  const say = useSay(accountWords)
  return (
    <>
      <ScreenHeading title={say('invite.gone.title')} />
      <p className="mb-4 text-muted">{say('invite.gone.body')}</p>
      <Link to="/login" className={buttonLook({ wide: true })}>
        {say('sign_in.go')}
      </Link>
    </>
  )
}
