import { useMutation, useQuery } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { administrationWords } from '#core/locale/words/app-connections.ts'
import { formatList } from '#core/locale/dates.ts'
import { administration } from '../api.ts'
import type { InboxProvider, SharedInbox, SharedInboxDraft } from '../api-types.ts'
import { useLanguage, useSay } from '../language.tsx'
import { isProblem, placeFields, ProblemNotice } from '../problem.tsx'
import { peopleQuery, sharedInboxesChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { Tick } from '../ui/tick.tsx'
import { toast } from '../ui/toasts.tsx'

const PROVIDERS = ['google', 'microsoft', 'exchange', 'other'] as const satisfies InboxProvider[]

type Form = { address: string; name: string; provider: InboxProvider; members: string[] }

/** A new shared inbox, or who reads a known one. Where somebody's calendar would go, it asks first. */
export function InboxDialog({ inbox, onClose }: { inbox: SharedInbox | null; onClose: () => void }) {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const people = (useQuery(peopleQuery).data?.people ?? []).filter(({ disabled }) => !disabled)
  const form = useForm<Form>({
    defaultValues: {
      address: inbox?.address ?? '',
      name: inbox?.name ?? '',
      provider: inbox?.provider ?? 'google',
      members: inbox?.members.map(({ id }) => id) ?? [],
    },
  })
  const { errors } = form.formState
  const save = useMutation({
    mutationFn: ({ address, ...draft }: SharedInboxDraft) =>
      inbox
        ? administration.changeInbox(inbox.id, draft)
        : administration.addInbox({ address: address.trim(), ...draft }),
    onSuccess: async () => {
      toast(say(inbox ? 'inboxes.changed' : 'inboxes.added'))
      onClose()
      await sharedInboxesChanged()
    },
    onError: (error) => placeFields(form, error, sayApp),
  })
  const hit = hitBy(save.error)
  const submit = (confirm: boolean) =>
    form.handleSubmit((draft) => save.mutate({ ...draft, ...(confirm && { confirm }) }))
  return (
    <Dialog
      title={inbox ? say('inboxes.edit_title', { address: inbox.address }) : say('inboxes.add')}
      close={sayApp('do.close')}
      onClose={onClose}
      hold
    >
      <form noValidate className="grid gap-4" onSubmit={(event) => void submit(hit !== null)(event)}>
        {hit ? (
          <Hit address={form.getValues('address')} names={hit} />
        ) : isProblem(save.error, 'known-inbox') ? (
          <Notice tone="warn" live>
            {say('inboxes.known')}
          </Notice>
        ) : (
          <ProblemNotice error={save.error} />
        )}
        <TextField
          label={say('inboxes.address')}
          type="email"
          inputMode="email"
          autoComplete="off"
          maxLength={254}
          readOnly={inbox !== null}
          error={errors.address?.message}
          {...form.register('address', {
            required: sayApp('field.required'),
            pattern: { value: /^\S+@\S+\.\S+$/, message: sayApp('field.email') },
            onChange: () => save.reset(),
          })}
        />
        <TextField
          label={say('inboxes.name')}
          optional={sayApp('field.optional')}
          hint={say('inboxes.name_hint')}
          maxLength={120}
          error={errors.name?.message}
          {...form.register('name')}
        />
        <SelectField
          label={say('inboxes.provider')}
          value={form.watch('provider')}
          onChange={(event) => form.setValue('provider', event.target.value as InboxProvider)}
        >
          {PROVIDERS.map((provider) => (
            <option key={provider} value={provider}>
              {say(`inboxes.provider.${provider}`)}
            </option>
          ))}
        </SelectField>
        <fieldset>
          <legend className="text-sm font-medium">{say('inboxes.members')}</legend>
          {people.map(({ id, name, email }) => (
            <Tick key={id} label={name} hint={email} value={id} {...form.register('members')} />
          ))}
        </fieldset>
        <DialogFoot>
          <Button tone="quiet" onClick={onClose}>
            {sayApp('do.cancel')}
          </Button>
          <Button type="submit" tone={hit ? 'danger-full' : 'primary'} busy={save.isPending}>
            {say(hit ? 'inboxes.hit_go' : 'inboxes.save')}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  )
}

function Hit({ address, names }: { address: string; names: string[] }) {
  const say = useSay(administrationWords)
  const { locale } = useLanguage()
  return (
    <Notice tone="warn" live title={say('inboxes.hit_title')}>
      {say('inboxes.hit_body', { names: formatList(locale, names), address })}
    </Notice>
  )
}

/** Whose calendar a new shared inbox would disconnect, as the server says it. */
function hitBy(error: unknown): string[] | null {
  const calendars = isProblem(error, 'has-calendars') ? error.more['calendars'] : null
  return Array.isArray(calendars) ? [...new Set(calendars.map(({ name }: { name: string }) => name))] : null
}
