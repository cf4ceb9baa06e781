import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { contactWords } from '#core/locale/words/app-contacts.ts'
import { contacts } from '../api.ts'
import type { Contact } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { placeFields, ProblemNotice } from '../problem.tsx'
import { contactsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { toast } from '../ui/toasts.tsx'
import { ContactFields, type ContactForm } from './contact-fields.tsx'

export function EditContact({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const say = useSay(contactWords)
  const sayApp = useSay(appWords)
  const form = useForm<ContactForm>({
    defaultValues: {
      name: contact.name,
      email: contact.email,
      phone: contact.phone ?? '',
      jobTitle: contact.jobTitle ?? '',
      companyName: contact.company?.name ?? '',
    },
  })
  const change = useMutation({
    mutationFn: (draft: ContactForm) => {
      const dirty = Object.keys(form.formState.dirtyFields) as (keyof ContactForm)[]
      return contacts.change(contact.id, Object.fromEntries(dirty.map((field) => [field, draft[field]])))
    },
    onSuccess: async () => {
      toast(say('contact.saved'))
      onClose()
      await contactsChanged()
    },
    onError: (error) => placeFields(form, error, sayApp),
  })
  return (
    <Dialog title={contact.name} close={sayApp('do.close')} onClose={onClose} hold={form.formState.isDirty}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void form.handleSubmit((draft) => change.mutate(draft))(event)}
      >
        <ProblemNotice error={change.error} />
        <ContactFields form={form} />
        <DialogFoot>
          <Button tone="quiet" onClick={onClose}>
            {sayApp('do.cancel')}
          </Button>
          <Button type="submit" tone="primary" busy={change.isPending} disabled={!form.formState.isDirty}>
            {say('contact.save')}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  )
}
