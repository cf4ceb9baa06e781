import { useMutation } from '@tanstack/react-query'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { pages } from '../api.ts'
import type { Page } from '../api-types.ts'
import { ConfirmDialog } from '../confirm-dialog.tsx'
import { useSay } from '../language.tsx'
import { pagesChanged } from '../queries.ts'
import { toast } from '../ui/toasts.tsx'

export function DeletePage({ page, onClose }: { page: Page; onClose: () => void }) {
  const say = useSay(bookingWords)
  const remove = useMutation({
    mutationFn: () => pages.remove(page.id),
    onSuccess: async () => {
      toast(say('page.deleted'))
      onClose()
      await pagesChanged()
    },
  })
  return (
    <ConfirmDialog
      title={say('page.delete.title', { name: page.eventType.title })}
      go={say('page.do.delete')}
      busy={remove.isPending}
      error={remove.error}
      onGo={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{say('page.delete.body')}</p>
    </ConfirmDialog>
  )
}
