import { useMutation } from '@tanstack/react-query'
import { CircleCheck, Copy, Zap } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { administrationWords } from '#core/locale/words/app-connections.ts'
import { administration } from '../api.ts'
import type { ProviderApp, ProviderAppDraft, TestOutcome } from '../api-types.ts'
import { useNow, useSay, useTimes } from '../language.tsx'
import { placeFields, ProblemNotice } from '../problem.tsx'
import { providerAppsChanged } from '../queries.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Chip } from '../ui/chip.tsx'
import { copyText } from '../ui/copy.ts'
import { PasswordField, TextField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { Tick } from '../ui/tick.tsx'
import { toast } from '../ui/toasts.tsx'

const ConfirmDialog = lazy(() =>
  import('../confirm-dialog.tsx').then(({ ConfirmDialog }) => ({ default: ConfirmDialog })),
)

/** One provider: the guide, the way back to copy, the keys, and a test of them. */
export function ProviderAppCard({ app }: { app: ProviderApp }) {
  const say = useSay(administrationWords)
  const { provider, source } = app
  return (
    <Card
      title={say(`apps.${provider}`)}
      actions={
        source === 'none' ? (
          <Chip tone="warn">{say('apps.state.none')}</Chip>
        ) : (
          <Chip tone="good" icon={<CircleCheck size={14} aria-hidden />}>
            {say(source === 'settings' ? 'apps.state.settings' : 'apps.state.ready')}
          </Chip>
        )
      }
    >
      <div className="grid gap-5">
        {source === 'settings' && (
          <p className="text-sm text-muted">
            {say('apps.settings_hint', { setting: `RITROVO_${provider.toUpperCase()}_CLIENT_ID` })}
          </p>
        )}
        <Guide provider={provider} open={source === 'none'} />
        <Redirect uri={app.redirectUri} />
        <Keys app={app} />
        {source !== 'none' && <Test app={app} />}
      </div>
    </Card>
  )
}

const STEPS = [1, 2, 3, 4] as const

function Guide({ provider, open }: { provider: ProviderApp['provider']; open: boolean }) {
  const say = useSay(administrationWords)
  return (
    <details open={open}>
      <summary className="min-h-11 py-2.5 font-medium">{say('apps.guide')}</summary>
      <ol className="grid gap-3 pt-1">
        {STEPS.map((step) => (
          <li key={step} className="grid grid-cols-[2rem_1fr] gap-3">
            <span
              aria-hidden="true"
              className="grid size-8 place-content-center rounded-full bg-primary-soft font-bold text-on-primary-soft"
            >
              {step}
            </span>
            <span className="grid gap-0.5 pt-1">
              <span className="font-medium">{say(`apps.${provider}.${step}.title`)}</span>
              <span className="text-sm text-muted">{say(`apps.${provider}.${step}`)}</span>
            </span>
          </li>
        ))}
      </ol>
    </details>
  )
}

function Redirect({ uri }: { uri: string }) {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const copy = async () => {
    const done = await copyText(uri)
    toast(done ? say('apps.redirect_copied') : sayApp('copy.failed'), { tone: done ? 'good' : 'bad' })
  }
  return (
    <div className="flex items-start gap-2">
      <TextField
        className="min-w-0 flex-1"
        label={say('apps.redirect')}
        hint={say('apps.redirect_hint')}
        readOnly
        value={uri}
        onFocus={(event) => event.target.select()}
      />
      <IconButton label={say('apps.redirect_copy')} className="mt-6.5" onClick={() => void copy()}>
        <Copy size={18} aria-hidden />
      </IconButton>
    </div>
  )
}

type Form = { clientId: string; clientSecret: string; tenant: string; testing: boolean }

function Keys({ app }: { app: ProviderApp }) {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const [removing, setRemoving] = useState(false)
  const own = app.source === 'workspace'
  const form = useForm<Form>({
    values: {
      clientId: own ? (app.clientId ?? '') : '',
      clientSecret: '',
      tenant: app.tenant === 'common' ? '' : (app.tenant ?? ''),
      testing: app.testing,
    },
  })
  const { errors, isDirty } = form.formState
  const save = useMutation({
    mutationFn: ({ clientId, clientSecret, tenant, testing }: Form) => {
      const draft: ProviderAppDraft = { clientId: clientId.trim(), testing }
      if (clientSecret !== '') draft.clientSecret = clientSecret
      if (tenant.trim() !== '') draft.tenant = tenant.trim()
      return administration.saveApp(app.provider, draft)
    },
    onSuccess: async () => {
      form.reset({ ...form.getValues(), clientSecret: '' })
      toast(say('apps.saved'))
      await providerAppsChanged()
    },
    onError: (error) => placeFields(form, error, sayApp),
  })
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => void form.handleSubmit((draft) => save.mutate(draft))(event)}
    >
      <ProblemNotice error={save.error} />
      <TextField
        label={say('apps.client_id')}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={400}
        error={errors.clientId?.message}
        {...form.register('clientId', { required: sayApp('field.required') })}
      />
      <PasswordField
        label={say('apps.client_secret')}
        hint={say(own ? 'apps.client_secret_kept' : 'apps.client_secret_hint')}
        autoComplete="off"
        maxLength={1000}
        show={sayApp('field.password_show')}
        hide={sayApp('field.password_hide')}
        error={errors.clientSecret?.message}
        {...form.register('clientSecret', { required: own ? false : sayApp('field.required') })}
      />
      {app.provider === 'microsoft' && (
        <TextField
          label={say('apps.tenant')}
          optional={sayApp('field.optional')}
          hint={say('apps.tenant_hint')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          error={errors.tenant?.message}
          {...form.register('tenant')}
        />
      )}
      {app.provider === 'google' && (
        <Tick label={say('apps.testing')} hint={say('apps.testing_hint')} {...form.register('testing')} />
      )}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" tone="primary" busy={save.isPending} disabled={!isDirty}>
          {say('apps.save')}
        </Button>
        {own && (
          <Button tone="danger" onClick={() => setRemoving(true)}>
            {say('apps.remove')}
          </Button>
        )}
      </div>
      <Suspense>{removing && <Remove app={app} onClose={() => setRemoving(false)} />}</Suspense>
    </form>
  )
}

const SHORT = { google: 'Google', microsoft: 'Microsoft' }

function Test({ app }: { app: ProviderApp }) {
  const say = useSay(administrationWords)
  const times = useTimes()
  const now = useNow()
  const provider = SHORT[app.provider]
  const test = useMutation({
    mutationFn: () => administration.testApp(app.provider),
    onSuccess: () => providerAppsChanged(),
  })
  const outcome: TestOutcome | null = test.data?.outcome ?? app.testOutcome
  return (
    <section className="grid justify-items-start gap-3 border-t border-border pt-5">
      <Button icon={<Zap size={18} aria-hidden />} busy={test.isPending} onClick={() => test.mutate()}>
        {say('apps.test')}
      </Button>
      <div aria-live="polite" className="w-full">
        {test.isPending && <p className="text-sm text-muted">{say('apps.testing_now', { provider })}</p>}
        {!test.isPending && outcome && (
          <Notice
            tone={outcome === 'good' ? 'good' : 'bad'}
            title={test.data?.detail ?? say(`apps.outcome.${outcome}`, { provider })}
          >
            {!test.data && app.testedAt !== null && (
              <p className="text-sm">{say('apps.tested', { ago: times.ago(app.testedAt, now) })}</p>
            )}
          </Notice>
        )}
      </div>
      <ProblemNotice error={test.error} />
    </section>
  )
}

function Remove({ app, onClose }: { app: ProviderApp; onClose: () => void }) {
  const say = useSay(administrationWords)
  const provider = SHORT[app.provider]
  const remove = useMutation({
    mutationFn: () => administration.removeApp(app.provider),
    onSuccess: async () => {
      toast(say('apps.removed'))
      onClose()
      await providerAppsChanged()
    },
  })
  return (
    <ConfirmDialog
      title={say('apps.remove_title', { provider })}
      go={say('apps.remove')}
      busy={remove.isPending}
      error={remove.error}
      onGo={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{say('apps.remove_body', { provider })}</p>
    </ConfirmDialog>
  )
}
