import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { appWords } from '#core/locale/words/app.ts'
import { bookings } from '../api.ts'
import type { Booking } from '../api-types.ts'
import { ConfirmDialog } from '../confirm-dialog.tsx'
import { useSay } from '../language.tsx'
import { bookingsChanged } from '../queries.ts'
import { TextArea } from '../ui/field.tsx'
import { toast } from '../ui/toasts.tsx'

export function DeclineDialog({ booking, onClose }: { booking: Booking; onClose: () => void }) {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const [reason, setReason] = useState('')
  const decline = useMutation({
    mutationFn: () => bookings.decline(booking.id, reason.trim()),
    onSuccess: async () => {
      toast(say('decline.done'))
      onClose()
      await bookingsChanged()
    },
  })
  return (
    <ConfirmDialog
      title={say('decline.title', { name: booking.name })}
      go={say('req.decline')}
      busy={decline.isPending}
      error={decline.error}
      onGo={() => decline.mutate()}
      onClose={onClose}
    >
      <p>{say('decline.body', { name: booking.name })}</p>
      <TextArea
        label={say('meeting.cancel.reason')}
        optional={sayApp('field.optional')}
        hint={say('meeting.cancel.reason_hint', { name: booking.name })}
        maxLength={1000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </ConfirmDialog>
  )
}
