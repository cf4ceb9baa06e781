import { useEffect, useRef, useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import type { Connection, ProviderName } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { cx } from '../ui/look.ts'
import { Notice } from '../ui/notice.tsx'
import { CaldavForm, type Typed } from './caldav-form.tsx'
import { Disclosed } from './disclosed.tsx'
import { PROVIDERS, providerOf } from './providers.ts'

export type Step = 'provider' | 'disclosure' | 'account'
export const STEPS: Step[] = ['provider', 'disclosure', 'account']

type FlowProps = {
  step: Step
  onStep: (step: Step) => void
  onLater: () => void
  later: string
  onConnected: (connection: Connection) => void
}

/** Provider → what it means → account. What was typed stays when one goes back and forth. */
export function ConnectFlow({ step, onStep, onLater, later, onConnected }: FlowProps) {
  const [provider, setProvider] = useState<ProviderName | null>(null)
  const [typed, setTyped] = useState<Typed>({ address: '', user: '', password: '' })
  const title = useStepTitle(step)
  const room = useRef<HTMLDivElement>(null)
  const shown = useRef(step)
  // A step replaces the one before it, and the button that had the focus: whoever listens must hear where they are.
  useEffect(() => {
    if (shown.current !== step) room.current?.focus()
    shown.current = step
  }, [step])

  const content = () => {
    switch (step) {
      case 'provider':
        return (
          <ChooseProvider
            provider={provider}
            onChoose={setProvider}
            onNext={() => onStep('disclosure')}
            onLater={onLater}
            later={later}
          />
        )
      case 'disclosure':
        return <Disclosure onBack={() => onStep('provider')} onAccept={() => onStep('account')} />
      case 'account':
        return (
          <CaldavForm
            typed={typed}
            onTyped={setTyped}
            onBack={() => onStep('disclosure')}
            onConnected={onConnected}
          />
        )
    }
  }
  return (
    <div ref={room} tabIndex={-1} role="group" aria-label={title}>
      {content()}
    </div>
  )
}

export function useStepTitle(step: Step): string {
  const say = useSay(calendarWords)
  return say(
    (
      {
        provider: 'cal.provider.title',
        disclosure: 'cal.disclose.title_caldav',
        account: 'cal.caldav.title',
      } as const
    )[step],
  )
}

type ChooseProps = {
  provider: ProviderName | null
  onChoose: (provider: ProviderName) => void
  onNext: () => void
  onLater: () => void
  later: string
}

function ChooseProvider({ provider, onChoose, onNext, onLater, later }: ChooseProps) {
  const say = useSay(calendarWords)
  const [asked, setAsked] = useState(false)
  const chosen = provider && providerOf(provider)
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        setAsked(true)
        if (chosen?.ready) onNext()
      }}
    >
      <fieldset className="grid gap-2">
        <legend className="sr-only">{say('cal.provider.title')}</legend>
        {PROVIDERS.map(({ name, word, letter, ready }) => (
          <label
            key={name}
            className={cx(
              'flex items-center gap-4 rounded-card border p-4 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-(--focus)',
              provider === name
                ? 'border-primary bg-primary-soft shadow-[inset_0_0_0_1px_var(--primary)]'
                : 'border-border-strong hover:border-text',
            )}
          >
            <input
              type="radio"
              name="provider"
              value={name}
              checked={provider === name}
              onChange={() => onChoose(name)}
              className="sr-only"
            />
            <span
              aria-hidden="true"
              className="hairline grid size-10 flex-none place-content-center rounded-control bg-sunken font-bold"
            >
              {letter}
            </span>
            <span className="grid min-w-0">
              <span className="font-medium">{say(`cal.provider.${word}`)}</span>
              <span className="text-sm text-muted">
                {say(`cal.provider.${word}_hint`)}
                {!ready && ` · ${say('cal.provider.not_yet')}`}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <div aria-live="polite">
        {chosen && !chosen.ready && <NotYet name={say(`cal.provider.${chosen.word}`)} />}
        {!chosen && asked && <p className="text-sm font-medium text-danger">{say('cal.provider.none')}</p>}
      </div>
      <DialogFoot>
        <Button tone="quiet" onClick={onLater}>
          {later}
        </Button>
        <Button type="submit" tone="primary" disabled={chosen !== null && !chosen.ready}>
          {say('cal.provider.next')}
        </Button>
      </DialogFoot>
    </form>
  )
}

// CAL-NOT-CONFIGURED: a way that is not there yet says so, and names the way that is.
function NotYet({ name }: { name: string }) {
  const say = useSay(calendarWords)
  return (
    <Notice tone="warn" title={say('cal.provider.not_configured', { provider: name })}>
      {say('cal.provider.later_version', { provider: name })}
    </Notice>
  )
}

function Disclosure({ onBack, onAccept }: { onBack: () => void; onAccept: () => void }) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  return (
    <div className="grid gap-4">
      <p>{say('cal.disclose.lead', { server: location.host })}</p>
      <Disclosed />
      <DialogFoot>
        <Button tone="quiet" onClick={onBack}>
          {sayApp('do.back')}
        </Button>
        <Button tone="primary" onClick={onAccept}>
          {say('cal.disclose.accept')}
        </Button>
      </DialogFoot>
    </div>
  )
}
