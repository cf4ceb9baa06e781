import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts } from '../api.ts'
import { deviceZone, useLanguage, useSay, useTimes } from '../language.tsx'
import { adopt } from '../me.tsx'
import { placeFields, ProblemNotice } from '../problem.tsx'
import { ScreenHeading } from '../screen.tsx'
import { Button } from '../ui/button.tsx'
import { PasswordField, TextField } from '../ui/field.tsx'
import { ZoneField } from '../zone-field.tsx'

export type Names = { name: string; workspaceName: string }
type Draft = { name: string; email: string; password: string; workspaceName: string }

export function AccountStep({
  setupKey,
  onNames,
  onDone,
}: {
  setupKey: string
  onNames: (names: Names) => void
  onDone: () => void
}) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const { locale } = useLanguage()
  const { city } = useTimes()
  const [zone, setZone] = useState(deviceZone)
  const form = useForm<Draft>({ defaultValues: { name: '', email: '', password: '', workspaceName: '' } })
  const { errors } = form.formState
  const setUp = useMutation({
    mutationFn: (draft: Draft) => accounts.setUp({ ...draft, key: setupKey, locale, zone }),
    onSuccess: (me) => {
      onDone()
      adopt(me)
    },
    onError: (error) => placeFields(form, error, sayApp),
  })
  const required = sayApp('field.required')
  const named = () => onNames(form.getValues())
  return (
    <>
      <ScreenHeading title={say('setup.account.title')} below={say('setup.account.lead')} />
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void form.handleSubmit((draft) => setUp.mutate(draft))(event)}
      >
        <ProblemNotice error={setUp.error} />
        <TextField
          label={say('setup.name')}
          autoComplete="name"
          error={errors.name?.message}
          {...form.register('name', { required, onChange: named })}
        />
        <TextField
          label={say('setup.email')}
          type="email"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          error={errors.email?.message}
          {...form.register('email', {
            required,
            pattern: { value: /^\S+@\S+\.\S+$/, message: sayApp('field.email') },
          })}
        />
        <PasswordField
          label={say('setup.password')}
          hint={say('setup.password_hint')}
          autoComplete="new-password"
          show={sayApp('field.password_show')}
          hide={sayApp('field.password_hide')}
          error={errors.password?.message}
          {...form.register('password', {
            required,
            minLength: { value: 10, message: sayApp('field.too_short') },
          })}
        />
        <TextField
          label={say('setup.workspace')}
          hint={say('setup.workspace_hint')}
          autoComplete="organization"
          error={errors.workspaceName?.message}
          {...form.register('workspaceName', { required, onChange: named })}
        />
        <details className="text-sm">
          <summary className="min-h-11 py-3 text-muted">
            {say('setup.detected', { zone: city(zone), language: sayApp(`lang.${locale}`) })}
          </summary>
          <ZoneField value={zone} onChange={setZone} />
        </details>
        <Button type="submit" tone="primary" busy={setUp.isPending} className="justify-self-end">
          {sayApp('do.continue')}
        </Button>
      </form>
    </>
  )
}
