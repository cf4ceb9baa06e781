import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { ApiProblem } from '../api.ts'
import type { Disclosure, TripProvider } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Failed, ProblemNotice } from '../problem.tsx'
import { disclosureQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { TextField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Tick } from '../ui/tick.tsx'
import { calCode, toldBy } from './cal-error.ts'
import { Disclosed } from './disclosed.tsx'
import { providerOf } from './providers.ts'
import { Refusal } from './refusal.tsx'
import { useSetOut, type Choice } from './trip.ts'
import { WarnedSteps } from './warned-steps.tsx'
import { Ways, type Next } from './ways.tsx'

type StepProps = {
  provider: TripProvider
  choice: Choice
  onChoice: (choice: Choice) => void
  onBack: () => void
}

/** S-035: what the provider will be asked for, read before leaving; then off to the provider. */
export function DisclosureStep({ provider, choice, onChoice, onBack }: StepProps) {
  const sayApp = useSay(appWords)
  // Mail on or off asks for other permissions: the list follows the tick, and keeps its place meanwhile.
  const disclosure = useQuery({
    ...disclosureQuery(provider, choice.mail),
    placeholderData: keepPreviousData,
  })
  switch (disclosure.status) {
    case 'pending':
      return <Skeleton rows={4} label={sayApp('state.loading')} />
    case 'error':
      return <Failed error={disclosure.error} retry={disclosure.refetch} />
    case 'success':
      return (
        <Agree
          provider={provider}
          choice={choice}
          onChoice={onChoice}
          onBack={onBack}
          disclosure={disclosure.data}
        />
      )
  }
}

function Agree({ provider, choice, onChoice, onBack, disclosure }: StepProps & { disclosure: Disclosure }) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const setOut = useSetOut()
  const name = say(`cal.provider.${providerOf(provider).word}_short`)
  const hint = choice.loginHint ?? ''
  const leaving = setOut.isPending || setOut.isSuccess
  const code = calCode(setOut.error)
  const go = (next: Next) => {
    if (next.kind === 'use') setOut.mutate({ ...choice, ...(next.as && { as: next.as }) })
    else if (next.kind === 'again') setOut.mutate(choice)
    else {
      setOut.reset()
      // A team inbox was typed: the field is emptied for one's own.
      if (next.kind === 'dialog' && next.step === 'disclosure') onChoice({ ...choice, loginHint: '' })
      else onBack()
    }
  }
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        setOut.mutate(choice)
      }}
    >
      <p>{say('cal.disclose.lead', { server: location.host })}</p>
      <Disclosed lines={disclosure.lines} />
      <Tick
        label={say('cal.disclose.mail_off')}
        {...(choice.mail ? {} : { hint: say('cal.disclose.mail_off_hint') })}
        checked={!choice.mail}
        onChange={(event) => onChoice({ ...choice, mail: !event.target.checked })}
      />
      <Expected provider={name} value={hint} onChange={(loginHint) => onChoice({ ...choice, loginHint })} />
      {provider === 'google' && <Warned lines={disclosure.lines} />}
      <Small disclosure={disclosure} provider={name} />
      {code ? (
        <Refusal
          code={code}
          provider={provider}
          live
          told={toldBy(setOut.error, 'detail')}
          detail={{
            a: toldBy(setOut.error, 'account') ?? (hint || name),
            b: hint || say('landing.this_account'),
            mail: hint,
          }}
        >
          <Ways
            code={code}
            provider={provider}
            detail={{
              a: toldBy(setOut.error, 'account') ?? name,
              b: hint || say('landing.this_account'),
            }}
            mayAdd={setOut.error instanceof ApiProblem && setOut.error.more['mayAdd'] === true}
            busy={leaving}
            go={go}
          />
        </Refusal>
      ) : (
        <ProblemNotice error={setOut.error} />
      )}
      <p role="status" className="sr-only">
        {leaving && say('cal.disclose.leaving', { provider: name })}
      </p>
      <div className="sticky bottom-(--foot,0px) border-t border-border bg-(--room,var(--bg)) pt-1 pb-3">
        <DialogFoot>
          <Button tone="quiet" onClick={onBack}>
            {sayApp('do.back')}
          </Button>
          {!code && (
            <Button type="submit" tone="primary" busy={leaving}>
              {leaving
                ? say('cal.disclose.leaving', { provider: name })
                : say('cal.disclose.accept', { provider: name })}
            </Button>
          )}
        </DialogFoot>
      </div>
    </form>
  )
}

/** S-025: which account one has to be signed in with there, said before leaving and sent along. */
function Expected({
  provider,
  value,
  onChange,
}: {
  provider: string
  value: string
  onChange: (value: string) => void
}) {
  const say = useSay(calendarWords)
  const typed = value.trim()
  return (
    <TextField
      label={say('cal.disclose.account_label')}
      type="email"
      inputMode="email"
      autoComplete="email"
      maxLength={254}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      hint={
        <>
          <strong className="font-medium text-text">
            {typed ? say('cal.disclose.account', { email: typed }) : say('cal.disclose.account_any')}.
          </strong>{' '}
          {say('cal.disclose.account_warning', { provider })}
        </>
      }
    />
  )
}

/** CAL-UNVERIFIED-APP, told before it frightens. */
function Warned({ lines }: { lines: Disclosure['lines'] }) {
  const say = useSay(calendarWords)
  const text = (key: string) => lines.find((line) => line.key === key)?.text
  const steps = (words: string) => (
    <details className="text-sm">
      <summary className="min-h-6">{words}</summary>
      <WarnedSteps />
    </details>
  )
  const unverified = text('unverified')
  if (!unverified) return steps(say('way.show_clicks_if'))
  return (
    <Notice tone="warn" title={unverified}>
      {text('seven-days')}
      {steps(say('way.show_clicks'))}
    </Notice>
  )
}

function Small({ disclosure, provider }: { disclosure: Disclosure; provider: string }) {
  const say = useSay(calendarWords)
  return (
    <div className="grid gap-2 text-sm text-muted">
      <p>{say('cal.disclose.receipt')}</p>
      <details>
        <summary>{say('cal.disclose.scopes', { provider })}</summary>
        <dl className="grid gap-1.5 pt-2">
          {disclosure.scopes.map(({ scope, why }) => (
            <div key={scope}>
              <dt className="break-all">
                <code>{scope}</code>
              </dt>
              <dd>{why}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  )
}
