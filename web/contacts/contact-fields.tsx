import type { UseFormReturn } from 'react-hook-form'
import { appWords } from '#core/locale/words/app.ts'
import { contactWords } from '#core/locale/words/app-contacts.ts'
import { useSay } from '../language.tsx'
import { TextField } from '../ui/field.tsx'

export type ContactForm = {
  name: string
  email: string
  phone: string
  jobTitle: string
  companyName: string
}

/** The fields of a contact, new or known. */
export function ContactFields({ form }: { form: UseFormReturn<ContactForm> }) {
  const say = useSay(contactWords)
  const sayApp = useSay(appWords)
  const { errors } = form.formState
  const optional = sayApp('field.optional')
  return (
    <>
      <TextField
        label={say('contact.name')}
        autoComplete="off"
        maxLength={200}
        error={errors.name?.message}
        {...form.register('name', { required: sayApp('field.required') })}
      />
      <TextField
        label={say('contact.email')}
        type="email"
        inputMode="email"
        autoComplete="off"
        maxLength={254}
        error={errors.email?.message}
        {...form.register('email', {
          required: sayApp('field.required'),
          pattern: { value: /^\S+@\S+\.\S+$/, message: sayApp('field.email') },
        })}
      />
      <TextField
        label={say('contact.phone')}
        optional={optional}
        type="tel"
        autoComplete="off"
        maxLength={40}
        error={errors.phone?.message}
        {...form.register('phone')}
      />
      <TextField
        label={say('contact.company')}
        optional={optional}
        autoComplete="off"
        maxLength={200}
        error={errors.companyName?.message}
        {...form.register('companyName')}
      />
      <TextField
        label={say('contact.job')}
        optional={optional}
        autoComplete="off"
        maxLength={200}
        error={errors.jobTitle?.message}
        {...form.register('jobTitle')}
      />
    </>
  )
}
