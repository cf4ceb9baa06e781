import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { pages } from '../api.ts'
import type { Template } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { placeFields, ProblemNotice } from '../problem.tsx'
import { pagesChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { TEMPLATES } from './templates.ts'

const LENGTHS = [15, 20, 30, 45, 60, 90, 120]

type Draft = { title: string; duration: string; template: Template }

/** A name and a length make a page; everything else has a good start and waits in the editor. */
export function NewPage({ onClose }: { onClose: () => void }) {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const navigate = useNavigate()
  const form = useForm<Draft>({ defaultValues: { title: '', duration: '30', template: 'first-meeting' } })
  const add = useMutation({
    mutationFn: ({ title, duration, template }: Draft) =>
      pages.add({ title, duration: Number(duration), template }),
    onSuccess: async ({ id }) => {
      await pagesChanged()
      await navigate({ to: '/app/pages/$id', params: { id } })
    },
    onError: (error) => placeFields(form, error, sayApp),
  })
  const template = form.register('template', {
    onChange: (event: { target: { value: string } }) => {
      const found = TEMPLATES.find(({ name }) => name === event.target.value)
      if (found) form.setValue('duration', String(found.minutes))
    },
  })
  return (
    <Dialog title={say('create.page.title')} close={sayApp('do.close')} onClose={onClose}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void form.handleSubmit((draft) => add.mutate(draft))(event)}
      >
        <ProblemNotice error={add.error} />
        <TextField
          label={say('create.page.name')}
          hint={say('create.page.name_hint')}
          maxLength={120}
          error={form.formState.errors.title?.message}
          {...form.register('title', { required: sayApp('field.required') })}
        />
        <div className="grid gap-4 @md:grid-cols-2">
          <SelectField label={say('create.page.template')} {...template}>
            {TEMPLATES.map(({ name }) => (
              <option key={name} value={name}>
                {say(`template.${name}`)}
              </option>
            ))}
          </SelectField>
          <SelectField label={say('create.page.duration')} {...form.register('duration')}>
            {LENGTHS.map((minutes) => (
              <option key={minutes} value={minutes}>
                {say('pages.minutes', { minutes })}
              </option>
            ))}
          </SelectField>
        </div>
        <DialogFoot>
          <Button tone="quiet" onClick={onClose}>
            {sayApp('do.cancel')}
          </Button>
          <Button type="submit" tone="primary" busy={add.isPending}>
            {say('create.page.go')}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  )
}
