import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { contactWords } from '#core/locale/words/app-contacts.ts'
import { contacts } from '../api.ts'
import { useSay } from '../language.tsx'
import { isProblem, placeFields, ProblemNotice } from '../problem.tsx'
import { contactsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/notice.tsx'
import { toast } from '../ui/toasts.tsx'
import { ContactFields, type ContactForm } from './contact-fields.tsx'

export function NewContact({ onClose }: { onClose: () => void }) {
  const say = useSay(contactWords)
  const sayApp = useSay(appWords)
  const navigate = useNavigate()
  const form = useForm<ContactForm>({
    defaultValues: { name: '', email: '', phone: '', jobTitle: '', companyName: '' },
  })
  const add = useMutation({
    mutationFn: ({ name, email, phone, jobTitle, companyName }: ContactForm) =>
      contacts.add({
        name,
        email,
        ...(phone && { phone }),
        ...(jobTitle && { jobTitle }),
        ...(companyName && { companyName }),
      }),
    onSuccess: async ({ id }) => {
      toast(say('contact.added'))
      await contactsChanged()
      await navigate({ to: '/app/contacts/$id', params: { id } })
    },
    onError: (error) => placeFields(form, error, sayApp),
  })
  const known =
    isProblem(add.error, 'known-contact') && typeof add.error.more['id'] === 'string'
      ? add.error.more['id']
      : null
  return (
    <Dialog title={say('contacts.new')} close={sayApp('do.close')} onClose={onClose}>
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => void form.handleSubmit((draft) => add.mutate(draft))(event)}
      >
        {known ? (
          <Notice tone="warn" live>
            {say('contact.known')}{' '}
            <Link to="/app/contacts/$id" params={{ id: known }} className="font-medium underline">
              {say('contact.known_open')}
            </Link>
          </Notice>
        ) : (
          <ProblemNotice error={add.error} />
        )}
        <ContactFields form={form} />
        <DialogFoot>
          <Button tone="quiet" onClick={onClose}>
            {sayApp('do.cancel')}
          </Button>
          <Button type="submit" tone="primary" busy={add.isPending}>
            {say('contact.save')}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  )
}
