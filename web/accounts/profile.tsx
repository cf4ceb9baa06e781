import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { LOCALES, type Locale } from '#core/locale/locale.ts'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import type { Theme } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { useChangeMe, useMe } from '../me.tsx'
import { isProblem, placeFields, ProblemNotice } from '../problem.tsx'
import { pagesChanged } from '../queries.ts'
import { SettingsScreen } from '../settings.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { toast } from '../ui/toasts.tsx'
import { ZoneField } from '../zone-field.tsx'

const THEMES = ['system', 'light', 'dark'] as const satisfies Theme[]

export function Profile() {
  return (
    <SettingsScreen tab="settings.profile">
      <div className="grid items-start gap-4 @4xl:grid-cols-2">
        <Myself />
        <Appearance />
      </div>
    </SettingsScreen>
  )
}

function Myself() {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const { user } = useMe()
  const [zone, setZone] = useState(user.zone)
  const form = useForm({ values: { name: user.name, slug: user.slug } })
  const { errors, isDirty, dirtyFields } = form.formState
  const change = useChangeMe()

  const save = (draft: { name: string; slug: string }) =>
    change.mutate(
      { name: draft.name, zone, ...(draft.slug === user.slug ? {} : { slug: draft.slug }) },
      {
        onSuccess: () => {
          toast(say('profile.saved'))
          void pagesChanged()
        },
        onError: (error) => {
          if (isProblem(error, 'slug-taken') || isProblem(error, 'slug-reserved'))
            form.setError(
              'slug',
              { message: sayApp(`problem.${error.code as 'slug-taken' | 'slug-reserved'}`) },
              { shouldFocus: true },
            )
          else placeFields(form, error, sayApp)
        },
      },
    )
  return (
    <Card title={say('profile.title')}>
      <form noValidate className="grid gap-4" onSubmit={(event) => void form.handleSubmit(save)(event)}>
        <ProblemNotice error={errors.slug ? null : change.error} />
        <TextField
          label={say('profile.name')}
          autoComplete="name"
          error={errors.name?.message}
          {...form.register('name', { required: sayApp('field.required') })}
        />
        <TextField
          label={say('profile.email')}
          hint={say('profile.email_hint')}
          value={user.email}
          readOnly
        />
        <TextField
          label={say('profile.slug')}
          hint={
            dirtyFields.slug
              ? say('profile.slug_warning')
              : say('profile.slug_hint', { base: `${location.host}/${user.slug}/` })
          }
          autoCapitalize="none"
          spellCheck={false}
          error={errors.slug?.message}
          {...form.register('slug', { required: sayApp('field.required') })}
        />
        <ZoneField value={zone} onChange={setZone} />
        <Button
          type="submit"
          tone="primary"
          busy={change.isPending}
          disabled={!isDirty && zone === user.zone}
          className="justify-self-start"
        >
          {sayApp('do.save')}
        </Button>
      </form>
    </Card>
  )
}

function Appearance() {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const { user } = useMe()
  const change = useChangeMe()
  return (
    <Card title={say('profile.appearance')}>
      <div className="grid gap-4">
        <ProblemNotice error={change.error} />
        <SelectField
          label={sayApp('lang.label')}
          value={user.locale}
          onChange={(event) => change.mutate({ locale: event.target.value as Locale })}
        >
          {LOCALES.map((locale) => (
            <option key={locale} value={locale} lang={locale}>
              {sayApp(`lang.${locale}`)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={sayApp('theme.label')}
          value={user.theme}
          onChange={(event) => change.mutate({ theme: event.target.value as Theme })}
        >
          {THEMES.map((theme) => (
            <option key={theme} value={theme}>
              {sayApp(`theme.${theme}`)}
            </option>
          ))}
        </SelectField>
      </div>
    </Card>
  )
}
