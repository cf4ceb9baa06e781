import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts } from '../api.ts'
import { useSay } from '../language.tsx'
import { adopt } from '../me.tsx'
import { ScreenHeading } from '../screen.tsx'
import { Notice } from '../ui/notice.tsx'
import { Front } from './front.tsx'
import { SignInForm } from './sign-in-form.tsx'

// Only a place inside the app: a link from outside must not send anyone elsewhere after the password.
const inside = (to: string | undefined): string | null => (to && /^\/app(?:[/?#]|$)/.test(to) ? to : null)

export function SignIn() {
  const say = useSay(accountWords)
  const { to } = useSearch({ from: '/login' })
  const navigate = useNavigate()
  const router = useRouter()
  const setup = useQuery({ queryKey: ['setup'], queryFn: () => accounts.setup(undefined), retry: false })
  const place = inside(to)
  return (
    <Front>
      <ScreenHeading title={say('sign_in.title')} below={say('sign_in.lead')} />
      {setup.data?.open && (
        <Notice tone="warn" className="mb-4">
          {say('sign_in.not_set_up')}
        </Notice>
      )}
      <SignInForm
        onSignedIn={(me) => {
          adopt(me)
          void (place ? router.history.push(place) : navigate({ to: '/app' }))
        }}
      />
      <details className="mt-4 text-sm text-muted">
        <summary className="min-h-11 py-3">{say('sign_in.forgot')}</summary>
        <p>{say('sign_in.forgot_how', { command: 'ritrovo user reset-password' })}</p>
      </details>
    </Front>
  )
}
