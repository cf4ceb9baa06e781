import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import type { Offer, ProviderName } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { offersQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { cx } from '../ui/look.ts'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { PROVIDERS, providerOf } from './providers.ts'
import { Refusal } from './refusal.tsx'
import { NotConfigured, Ways } from './ways.tsx'

type ChooseProps = {
  provider: ProviderName | null
  onChoose: (provider: ProviderName) => void
  onNext: () => void
  onLater: () => void
  later: string
}

/** S-034: where the appointments are kept. A way that is not open says so, and who can open it. */
export function ChooseProvider(props: ChooseProps) {
  const sayApp = useSay(appWords)
  const offers = useQuery(offersQuery)
  switch (offers.status) {
    case 'pending':
      return <Skeleton rows={4} label={sayApp('state.loading')} />
    case 'error':
      return <Failed error={offers.error} retry={offers.refetch} />
    case 'success':
      return offers.data.permitted ? (
        <Choices {...props} offers={offers.data.providers} />
      ) : (
        <Refusal code="CAL-NO-PERMISSION" provider="google">
          <Ways code="CAL-NO-PERMISSION" provider="google" detail={{}} busy={false} go={() => undefined} />
        </Refusal>
      )
  }
}

function Choices({ provider, onChoose, onNext, onLater, later, offers }: ChooseProps & { offers: Offer[] }) {
  const say = useSay(calendarWords)
  const [asked, setAsked] = useState(false)
  const stateOf = (name: ProviderName) => offers.find((offer) => offer.name === name)?.state ?? 'later'
  const open = provider !== null && stateOf(provider) === 'ready'
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        setAsked(true)
        if (open) onNext()
      }}
    >
      <fieldset className="grid gap-2">
        <legend className="sr-only">{say('cal.provider.title')}</legend>
        {PROVIDERS.map(({ name, word, letter }) => (
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
                {stateOf(name) === 'later' && ` · ${say('cal.provider.later')}`}
                {stateOf(name) === 'not-configured' && ` · ${say('cal.provider.off')}`}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <div aria-live="polite">
        {provider && !open && <Closed provider={provider} state={stateOf(provider)} />}
        {!provider && asked && <p className="text-sm font-medium text-danger">{say('cal.provider.none')}</p>}
      </div>
      <DialogFoot>
        <Button tone="quiet" onClick={onLater}>
          {later}
        </Button>
        <Button type="submit" tone="primary" disabled={provider !== null && !open}>
          {say('cal.provider.next')}
        </Button>
      </DialogFoot>
    </form>
  )
}

function Closed({ provider, state }: { provider: ProviderName; state: Offer['state'] }) {
  const say = useSay(calendarWords)
  const { word } = providerOf(provider)
  if (state === 'later')
    return (
      <Notice
        tone="warn"
        title={say('cal.provider.later_title', { provider: say(`cal.provider.${word}_short`) })}
      >
        {say('cal.provider.later_version', { provider: say(`cal.provider.${word}_short`) })}
      </Notice>
    )
  return (
    <Refusal code="CAL-NOT-CONFIGURED" provider={provider}>
      <NotConfigured provider={provider} />
    </Refusal>
  )
}
