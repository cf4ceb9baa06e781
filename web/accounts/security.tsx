import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { LogOut } from 'lucide-react'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts } from '../api.ts'
import { useSay } from '../language.tsx'
import { useMe } from '../me.tsx'
import { isProblem, placeFields, ProblemNotice } from '../problem.tsx'
import { SettingsScreen } from '../settings.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { PasswordField } from '../ui/field.tsx'
import { toast } from '../ui/toasts.tsx'
import { signOut } from './sign-out.ts'

export function Security() {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const navigate = useNavigate()
  return (
    <SettingsScreen tab="settings.security">
      <div className="grid items-start gap-4 @4xl:grid-cols-2">
        <Password />
        <Card title={say('security.sign_out')} lead={say('security.sign_out_hint')}>
          <Button
            icon={<LogOut size={16} aria-hidden />}
            onClick={() => void signOut(() => navigate({ to: '/login' }))}
          >
            {sayApp('nav.sign_out')}
          </Button>
        </Card>
      </div>
    </SettingsScreen>
  )
}

function Password() {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const { user } = useMe()
  const form = useForm({ defaultValues: { current: '', next: '' } })
  const { errors } = form.formState
  const change = useMutation({
    mutationFn: accounts.changePassword,
    onSuccess: () => {
      form.reset()
      toast(say('security.changed'))
    },
    onError: (error) => {
      if (isProblem(error, 'wrong-password'))
        form.setError('current', { message: sayApp('problem.wrong-password') }, { shouldFocus: true })
      else placeFields(form, error, sayApp)
    },
  })
  const shown = { show: sayApp('field.password_show'), hide: sayApp('field.password_hide') }
  return (
    <Card title={say('security.title')} lead={say('security.hint')}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void form.handleSubmit((draft) => change.mutate(draft))(event)}
      >
        <ProblemNotice error={isProblem(change.error, 'wrong-password') ? null : change.error} />
        <input type="hidden" autoComplete="username" value={user.email} readOnly />
        <PasswordField
          label={say('security.current')}
          autoComplete="current-password"
          {...shown}
          error={errors.current?.message}
          {...form.register('current', { required: sayApp('field.required') })}
        />
        <PasswordField
          label={say('security.next')}
          hint={say('setup.password_hint')}
          autoComplete="new-password"
          {...shown}
          error={errors.next?.message}
          {...form.register('next', {
            required: sayApp('field.required'),
            minLength: { value: 10, message: sayApp('field.too_short') },
          })}
        />
        <Button type="submit" tone="primary" busy={change.isPending} className="justify-self-start">
          {say('security.change')}
        </Button>
      </form>
    </Card>
  )
}
