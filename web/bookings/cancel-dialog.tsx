import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { appWords } from '#core/locale/words/app.ts'
import { bookings } from '../api.ts'
import type { Booking } from '../api-types.ts'
import { ConfirmDialog } from '../confirm-dialog.tsx'
import { sentence, useSay, useTimes } from '../language.tsx'
import { bookingsChanged } from '../queries.ts'
import { TextArea } from '../ui/field.tsx'
import { toast } from '../ui/toasts.tsx'

export function CancelDialog({ booking, onClose }: { booking: Booking; onClose: () => void }) {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const times = useTimes()
  const [reason, setReason] = useState('')
  const cancel = useMutation({
    mutationFn: () => bookings.cancel(booking.id, reason.trim()),
    onSuccess: async () => {
      toast(say('meeting.cancelled'))
      onClose()
      await bookingsChanged()
    },
  })
  return (
    <ConfirmDialog
      title={say('meeting.cancel.title', { name: booking.name })}
      go={say('meeting.cancel')}
      keep={say('meeting.cancel.keep')}
      busy={cancel.isPending}
      error={cancel.error}
      onGo={() => cancel.mutate()}
      onClose={onClose}
    >
      <p>{say('meeting.cancel.body', { name: booking.name, when: sentence(times.when(booking.start)) })}</p>
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
