import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { connections } from '../api.ts'
import type { Landing } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Failed, isProblem, ProblemNotice } from '../problem.tsx'
import { calendarsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toldBy } from './cal-error.ts'
import { Refusal } from './refusal.tsx'
import { anyAccount, lastChoice, useSetOut } from './trip.ts'
import { Ways, type Next } from './ways.tsx'

/** What the trip to a provider ended with when it was not a calendar: why, and how to go on. */
export function LandingSheet({ token, onClose }: { token: string; onClose: () => void }) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const landing = useQuery({
    queryKey: ['landing', token],
    queryFn: () => connections.landing(token),
    staleTime: Infinity,
    retry: false,
  })
  const content = () => {
    switch (landing.status) {
      case 'pending':
        return <Skeleton rows={2} label={sayApp('state.loading')} />
      case 'error':
        return isProblem(landing.error, 'not-found') ? (
          <Gone />
        ) : (
          <Failed error={landing.error} retry={landing.refetch} />
        )
      case 'success':
        return <Landed token={token} landing={landing.data} />
    }
  }
  return (
    <Dialog title={say('landing.title')} close={sayApp('do.close')} onClose={onClose}>
      {content()}
    </Dialog>
  )
}

function Gone() {
  const say = useSay(calendarWords)
  const navigate = useNavigate()
  return (
    <>
      <Notice tone="note">{say('landing.gone')}</Notice>
      <Button
        tone="primary"
        className="justify-self-start"
        onClick={() => void navigate({ to: '/app/settings/calendar', search: { connect: 'now' } })}
      >
        {say('way.again')}
      </Button>
    </>
  )
}

function Landed({ token, landing }: { token: string; landing: Landing }) {
  const say = useSay(calendarWords)
  const navigate = useNavigate()
  const { code, provider, detail, ways } = landing
  const setOut = useSetOut()
  const use = useMutation({
    mutationFn: (as?: 'replace' | 'add') => connections.useLanding(token, as),
    onSuccess: async ({ id }) => {
      await navigate({ to: '/app/meetings', search: { connected: id, choose: 1 }, replace: true })
      await calendarsChanged()
    },
    onError: (error) => {
      // Used, it met the next thing in the way: that has a landing of its own.
      const next = toldBy(error, 'landing')
      if (next) void navigate({ to: '/app/meetings', search: { landing: next }, replace: true })
    },
  })
  const go = (next: Next) => {
    const before = lastChoice(provider)
    switch (next.kind) {
      case 'use':
        return use.mutate(next.as)
      case 'again':
        return setOut.mutate(next.chooser ? anyAccount(before) : before)
      case 'scope-only':
        return setOut.mutate({ ...before, purpose: 'scopes', landing: token })
      case 'dialog':
        return void navigate({
          to: '/app/settings/calendar',
          search: { connect: 'now', ...(next.step === 'disclosure' && { provider }) },
        })
    }
  }
  return (
    <>
      <Refusal code={code} provider={provider} detail={detail} told={landing.text}>
        <Ways
          code={code}
          provider={provider}
          detail={detail}
          mayAdd={ways.includes('add')}
          busy={setOut.isPending || setOut.isSuccess || use.isPending}
          go={go}
        />
      </Refusal>
      <ProblemNotice error={setOut.error ?? (toldBy(use.error, 'landing') ? null : use.error)} />
      <p className="text-sm text-muted">{say('landing.kept')}</p>
    </>
  )
}
