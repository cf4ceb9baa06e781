import { useMutation } from '@tanstack/react-query'
import { useState, type RefObject } from 'react'
import { contactWords } from '#core/locale/words/app-contacts.ts'
import { contacts } from '../api.ts'
import { useSay } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { contactsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { TextArea } from '../ui/field.tsx'
import { toast } from '../ui/toasts.tsx'

/** A note goes into the timeline as it is; the text stays here until the server has it. */
export function NoteForm({
  contactId,
  field,
}: {
  contactId: string
  field: RefObject<HTMLTextAreaElement | null>
}) {
  const say = useSay(contactWords)
  const [text, setText] = useState('')
  const save = useMutation({
    mutationFn: () => contacts.note(contactId, text.trim()),
    onSuccess: async () => {
      setText('')
      toast(say('note.saved'))
      await contactsChanged()
    },
  })
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') save.mutate()
      }}
    >
      <ProblemNotice error={save.error} />
      <TextArea
        ref={field}
        label={say('note.title')}
        hideLabel
        placeholder={say('note.label')}
        rows={2}
        maxLength={10_000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {text.trim() !== '' && (
        <Button type="submit" tone="primary" small busy={save.isPending} className="justify-self-end">
          {say('note.save')}
        </Button>
      )}
    </form>
  )
}
