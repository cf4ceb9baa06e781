import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { ApiProblem, calendars } from '../api.ts'
import type { Connection } from '../api-types.ts'
import { useLanguage, useSay } from '../language.tsx'
import { Details, isProblem, ProblemNotice } from '../problem.tsx'
import { calendarsChanged, disclosureQuery, queryClient } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { PasswordField, TextField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { AppPassword } from './app-password.tsx'
import { calCode, toldBy } from './cal-error.ts'
import { Refusal } from './refusal.tsx'
import { Ways } from './ways.tsx'
import { hostOf, reasonIn, useReason } from './reason.tsx'

export type Typed = { address: string; user: string; password: string }

type FormProps = {
  typed: Typed
  onTyped: (typed: Typed) => void
  onBack: () => void
  onConnected: (connection: Connection) => void
}

/** Address, user, password. The password lives in this form only, and is gone once the server has it. */
export function CaldavForm({ typed, onTyped, onBack, onConnected }: FormProps) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const { locale } = useLanguage()
  const form = useForm<Typed>({ defaultValues: typed })
  const { errors } = form.formState
  const connect = useMutation({
    mutationFn: async ({ as, ...draft }: Typed & { as?: 'replace' | 'add' }) => {
      const { version } = await queryClient.fetchQuery(disclosureQuery('caldav', false))
      return calendars.connectCaldav({
        address: draft.address.trim(),
        user: draft.user.trim(),
        password: draft.password,
        consent: { textVersion: version, locale },
        ...(as && { as }),
      })
    },
    onSuccess: async (connection) => {
      form.reset({ address: '', user: '', password: '' })
      await calendarsChanged()
      onConnected(connection)
    },
    onError: (error) => {
      const reason = reasonIn(error)
      if (reason?.code === 'wrong-password' || isProblem(error, 'CAL-APP-PASSWORD')) form.setFocus('password')
      else if (reason && ADDRESS_REASONS.has(reason.code)) form.setFocus('address')
    },
  })
  const submit = form.handleSubmit((draft) => connect.mutate(draft))

  const goElsewhere = (host: string) => {
    form.setValue('address', `https://${host}`)
    void submit()
  }
  return (
    <form noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
      <Refused
        error={connect.error}
        address={form.getValues('address')}
        account={form.getValues('user')}
        busy={connect.isPending}
        onElsewhere={goElsewhere}
        onSecond={(as) => connect.mutate({ ...form.getValues(), as })}
      />
      <TextField
        label={say('cal.caldav.address')}
        hint={say('cal.caldav.address_hint')}
        inputMode="url"
        autoComplete="url"
        autoCapitalize="none"
        spellCheck={false}
        error={errors.address?.message}
        {...form.register('address', { required: sayApp('field.required') })}
      />
      <TextField
        label={say('cal.caldav.user')}
        hint={say('cal.caldav.user_hint')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        error={errors.user?.message}
        {...form.register('user', { required: sayApp('field.required') })}
      />
      <PasswordField
        label={say('cal.caldav.password')}
        hint={say('cal.caldav.password_hint')}
        autoComplete="off"
        show={sayApp('field.password_show')}
        hide={sayApp('field.password_hide')}
        error={errors.password?.message}
        {...form.register('password', { required: sayApp('field.required') })}
      />
      {connect.isPending && <Looking />}
      <DialogFoot>
        <Button
          tone="quiet"
          onClick={() => {
            onTyped(form.getValues())
            onBack()
          }}
        >
          {sayApp('do.back')}
        </Button>
        <Button type="submit" tone="primary" busy={connect.isPending}>
          {say('cal.caldav.go')}
        </Button>
      </DialogFoot>
    </form>
  )
}

const ADDRESS_REASONS = new Set<string>([
  'not-found',
  'not-caldav',
  'dns',
  'connect',
  'refused-address',
  'plain-http',
  'no-calendars',
])

function Looking() {
  const say = useSay(calendarWords)
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 5000)
    return () => clearTimeout(timer)
  }, [])
  return (
    <p role="status" className="text-sm text-muted">
      {say(long ? 'cal.caldav.looking_long' : 'cal.caldav.looking')}
    </p>
  )
}

type RefusedProps = {
  error: unknown
  address: string
  account: string
  busy: boolean
  onElsewhere: (host: string) => void
  onSecond: (as: 'replace' | 'add') => void
}

/** Why the server said no: cause, way out, and where there is one, the button that goes it. */
function Refused({ error, address, account, busy, onElsewhere, onSecond }: RefusedProps) {
  const say = useSay(calendarWords)
  const reasonWords = useReason()
  if (!error) return null
  const code = isProblem(error, 'already-connected') ? 'CAL-SECOND' : calCode(error)
  if (code) {
    const detail = { a: toldBy(error, 'account') ?? '…', b: account || hostOf(address) }
    return (
      <Refusal code={code} provider="caldav" detail={detail} told={toldBy(error, 'detail')} live>
        {code === 'CAL-APP-PASSWORD' && <AppPassword />}
        {code === 'CAL-SECOND' && (
          <Ways
            code={code}
            provider="caldav"
            detail={detail}
            mayAdd={error instanceof ApiProblem && error.more['mayAdd'] === true}
            busy={busy}
            go={(next) => next.kind === 'use' && next.as && onSecond(next.as)}
          />
        )}
      </Refusal>
    )
  }
  const reason = reasonIn(error)
  const words = reason && reasonWords(reason.code, reason.host ?? hostOf(address))
  if (!reason || !words) return <ProblemNotice error={error} />
  const elsewhere = reason.code === 'other-host' ? reason.host : null
  return (
    <Notice
      tone="bad"
      live
      title={words.cause}
      actions={
        elsewhere && (
          <Button small onClick={() => onElsewhere(elsewhere)}>
            {say('cal.caldav.other_host_go', { host: elsewhere })}
          </Button>
        )
      }
    >
      {words.way}
      {reason.code === 'wrong-password' && <AppPassword />}
      <Details error={error} />
    </Notice>
  )
}
