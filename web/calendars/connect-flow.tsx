import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import type { Connection, ProviderName } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { useMe } from '../me.tsx'
import { Failed } from '../problem.tsx'
import { disclosureQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { CaldavForm, type Typed } from './caldav-form.tsx'
import { ChooseProvider } from './choose-provider.tsx'
import { Disclosed } from './disclosed.tsx'
import { DisclosureStep } from './disclosure-step.tsx'
import { isTripProvider, providerOf } from './providers.ts'
import { lastChoice, type Choice } from './trip.ts'

const STEPS = ['provider', 'disclosure', 'account'] as const
type Step = (typeof STEPS)[number]
/** Where in the flow one is, and for which provider. */
export type Place = { step: Step; provider: ProviderName | null }
export const START: Place = { step: 'provider', provider: null }

type FlowProps = {
  place: Place
  onPlace: (place: Place) => void
  onLater: () => void
  later: string
  onConnected: (connection: Connection) => void
}

/** Provider → what it means → account. What was typed stays when one goes back and forth. */
export function ConnectFlow({ place: { step, provider }, onPlace, onLater, later, onConnected }: FlowProps) {
  const { user } = useMe()
  const [choice, setChoice] = useState<Omit<Choice, 'provider'>>({
    mail: provider === null || !isTripProvider(provider) || lastChoice(provider).mail,
    loginHint: user.email,
  })
  const [typed, setTyped] = useState<Typed>({ address: '', user: '', password: '' })
  const title = useStepTitle({ step, provider })
  const room = useRef<HTMLDivElement>(null)
  const shown = useRef(step)
  // A step replaces the one before it, and the button that had the focus: whoever listens must hear where they are.
  useEffect(() => {
    if (shown.current !== step) room.current?.focus()
    shown.current = step
  }, [step])
  const go = (next: Step) => onPlace({ step: next, provider })

  const content = () => {
    if (step === 'provider' || provider === null)
      return (
        <ChooseProvider
          provider={provider}
          onChoose={(name) => onPlace({ step: 'provider', provider: name })}
          onNext={() => go('disclosure')}
          onLater={onLater}
          later={later}
        />
      )
    if (isTripProvider(provider))
      return (
        <DisclosureStep
          key={provider}
          provider={provider}
          choice={{ ...choice, provider }}
          onChoice={setChoice}
          onBack={() => go('provider')}
        />
      )
    if (step === 'disclosure')
      return <BeforePassword onBack={() => go('provider')} onAccept={() => go('account')} />
    return (
      <CaldavForm
        typed={typed}
        onTyped={setTyped}
        onBack={() => go('disclosure')}
        onConnected={onConnected}
      />
    )
  }
  return (
    <div ref={room} tabIndex={-1} role="group" aria-label={title}>
      {content()}
    </div>
  )
}

export function useStepTitle({ step, provider }: Place): string {
  const say = useSay(calendarWords)
  if (step === 'provider' || provider === null) return say('cal.provider.title')
  if (isTripProvider(provider))
    return say('cal.disclose.title', { provider: say(`cal.provider.${providerOf(provider).word}_short`) })
  return say(step === 'disclosure' ? 'cal.disclose.title_caldav' : 'cal.caldav.title')
}

/** 2 of 3. */
export function useStepCount({ step }: Place): string {
  return useSay(calendarWords)('cal.step', { n: STEPS.indexOf(step) + 1 })
}

function BeforePassword({ onBack, onAccept }: { onBack: () => void; onAccept: () => void }) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const disclosure = useQuery(disclosureQuery('caldav', false))
  if (disclosure.status === 'pending') return <Skeleton rows={3} label={sayApp('state.loading')} />
  if (disclosure.status === 'error') return <Failed error={disclosure.error} retry={disclosure.refetch} />
  return (
    <div className="grid gap-4">
      <p>{say('cal.disclose.lead', { server: location.host })}</p>
      <Disclosed lines={disclosure.data.lines} />
      <DialogFoot>
        <Button tone="quiet" onClick={onBack}>
          {sayApp('do.back')}
        </Button>
        <Button tone="primary" onClick={onAccept}>
          {say('cal.disclose.accept_caldav')}
        </Button>
      </DialogFoot>
    </div>
  )
}
