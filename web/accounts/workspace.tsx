import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { LOCALES } from '#core/locale/locale.ts'
import { appWords } from '#core/locale/words/app.ts'
import { accountWords } from '#core/locale/words/app-accounts.ts'
import { accounts } from '../api.ts'
import type { WorkspaceChange } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { adopt, useMay, useMe } from '../me.tsx'
import { placeFields, ProblemNotice } from '../problem.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Switch } from '../ui/tick.tsx'
import { toast } from '../ui/toasts.tsx'

export function WorkspaceCard() {
  const say = useSay(accountWords)
  const sayApp = useSay(appWords)
  const { workspace } = useMe()
  const may = useMay('manage-workspace')
  const form = useForm({ values: { name: workspace.name, locale: workspace.locale } })
  const { errors, isDirty } = form.formState
  const change = useMutation({
    mutationFn: (draft: WorkspaceChange) => accounts.changeWorkspace(draft),
    onSuccess: (me) => {
      adopt(me)
      toast(say('workspace.saved'))
    },
    onError: (error) => placeFields(form, error, sayApp),
  })
  if (!may) return null
  return (
    <Card title={say('workspace.title')}>
      <form
        noValidate
        className="grid items-start gap-4 @3xl:grid-cols-2"
        onSubmit={(event) =>
          void form.handleSubmit(({ name, locale }) => change.mutate({ name, locale }))(event)
        }
      >
        <div className="@3xl:col-span-2">
          <ProblemNotice error={change.error} />
        </div>
        <TextField
          label={say('workspace.name')}
          error={errors.name?.message}
          {...form.register('name', { required: sayApp('field.required') })}
        />
        <SelectField label={say('workspace.locale')} {...form.register('locale')}>
          {LOCALES.map((locale) => (
            <option key={locale} value={locale} lang={locale}>
              {sayApp(`lang.${locale}`)}
            </option>
          ))}
        </SelectField>
        <Button
          type="submit"
          tone="primary"
          busy={change.isPending}
          disabled={!isDirty}
          className="justify-self-start"
        >
          {sayApp('do.save')}
        </Button>
      </form>
      <div className="mt-5 grid gap-3 border-t border-border pt-4">
        <Switch
          label={say('workspace.gate')}
          hint={say('workspace.gate_hint')}
          on={workspace.seatGate}
          disabled={change.isPending}
          onChange={(seatGate) => change.mutate({ seatGate })}
        />
        <Switch
          label={say('workspace.several')}
          hint={say('workspace.several_hint')}
          on={workspace.severalAccounts}
          disabled={change.isPending}
          onChange={(severalAccounts) => change.mutate({ severalAccounts })}
        />
        <Switch
          label={say('workspace.programs')}
          hint={say('workspace.programs_hint')}
          on={workspace.meetingsByPrograms}
          disabled={change.isPending}
          onChange={(meetingsByPrograms) => change.mutate({ meetingsByPrograms })}
        />
      </div>
    </Card>
  )
}
