import { useNavigate } from '@tanstack/react-router'
import { appWords } from '#core/locale/words/app.ts'
import { useSay } from '../language.tsx'
import { adopt, useMe } from '../me.tsx'
import { queryClient } from '../queries.ts'
import { renewSession } from '../session.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SignInForm } from './sign-in-form.tsx'

/** The session ended while someone was at work: the page below, with all that was typed, waits. */
export function SignInAgain() {
  const say = useSay(appWords)
  const { user } = useMe()
  const navigate = useNavigate()
  const elsewhere = async () => {
    await navigate({ to: '/login', search: { to: location.pathname + location.search } })
    queryClient.clear()
    renewSession()
  }
  return (
    <Dialog title={say('session.title')} close={say('session.other')} onClose={() => void elsewhere()} alert>
      <p className="text-muted">{say('session.body')}</p>
      <SignInForm
        email={user.email}
        onSignedIn={(me) => {
          adopt(me)
          renewSession()
          void queryClient.invalidateQueries()
        }}
      />
      <Button tone="quiet" onClick={() => void elsewhere()}>
        {say('session.other')}
      </Button>
    </Dialog>
  )
}
