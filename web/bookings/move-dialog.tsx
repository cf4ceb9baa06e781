import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { bookings } from '../api.ts'
import type { Booking } from '../api-types.ts'
import { useSay, useTimes } from '../language.tsx'
import { isProblem, ProblemNotice } from '../problem.tsx'
import { bookingsChanged, queryClient } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Chip } from '../ui/chip.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Notice } from '../ui/notice.tsx'
import { toast } from '../ui/toasts.tsx'
import { TimePicker } from './time-picker.tsx'

export function MoveDialog({ booking, onClose }: { booking: Booking; onClose: () => void }) {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const times = useTimes()
  const [chosen, setChosen] = useState<number[]>([])
  const start = chosen[0]
  const move = useMutation({
    mutationFn: (to: number) => bookings.move(booking.id, { start: to }),
    onSuccess: async (_, to) => {
      toast(say('meeting.moved', { when: times.when(to) }))
      onClose()
      await bookingsChanged()
    },
    onError: (error) => {
      // What was free a moment ago is not: show the times as they are now.
      if (isProblem(error, 'slot-taken')) void queryClient.invalidateQueries({ queryKey: ['preview'] })
    },
  })
  const foot = (
    <>
      {isProblem(move.error, 'closed') ? (
        <Notice tone="bad" live>
          {say('meeting.move.closed')}
        </Notice>
      ) : (
        <ProblemNotice error={move.error} />
      )}
      <div role="status" className="flex min-h-7 flex-wrap items-center gap-2 text-sm">
        {start === undefined ? (
          <span className="text-muted">{say('meeting.move.choose')}</span>
        ) : (
          <Chip tone="good">{times.when(start)}</Chip>
        )}
      </div>
      <DialogFoot>
        <Button tone="quiet" onClick={onClose}>
          {sayApp('do.cancel')}
        </Button>
        <Button
          tone="primary"
          busy={move.isPending}
          disabled={start === undefined}
          onClick={() => start !== undefined && move.mutate(start)}
        >
          {say('meeting.move.go')}
        </Button>
      </DialogFoot>
    </>
  )
  return (
    <Dialog title={say('meeting.move.title')} close={sayApp('do.close')} onClose={onClose} wide foot={foot}>
      <p className="text-muted">
        {say('meeting.move.lead', { name: booking.name, when: times.when(booking.start) })}
      </p>
      <TimePicker pageId={booking.page?.id ?? null} chosen={chosen} most={1} onChoose={setChosen} />
    </Dialog>
  )
}
