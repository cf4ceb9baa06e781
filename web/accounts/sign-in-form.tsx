import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts } from '../api.ts'
import type { Me } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { Button } from '../ui/button.tsx'
import { PasswordField, TextField } from '../ui/field.tsx'

/** E-mail and password; who it is for may already be known. */
export function SignInForm({ email, onSignedIn }: { email?: string; onSignedIn: (me: Me) => void }) {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const form = useForm({ defaultValues: { email: email ?? '', password: '' } })
  const signIn = useMutation({
    mutationFn: accounts.signIn,
    onSuccess: onSignedIn,
    onError: () => form.setFocus('password'),
  })
  const { errors } = form.formState
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => void form.handleSubmit((draft) => signIn.mutate(draft))(event)}
    >
      <ProblemNotice error={signIn.error} />
      <TextField
        label={say('sign_in.email')}
        type="email"
        autoComplete="username"
        inputMode="email"
        autoCapitalize="none"
        readOnly={email !== undefined}
        error={errors.email?.message}
        {...form.register('email', { required: sayApp('field.required') })}
      />
      <PasswordField
        label={say('sign_in.password')}
        autoComplete="current-password"
        show={sayApp('field.password_show')}
        hide={sayApp('field.password_hide')}
        error={errors.password?.message}
        {...form.register('password', { required: sayApp('field.required') })}
      />
      <Button type="submit" tone="primary" wide busy={signIn.isPending}>
        {say('sign_in.go')}
      </Button>
    </form>
  )
}
