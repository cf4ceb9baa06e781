import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { bookings } from '../api.ts'
import type { Booking } from '../api-types.ts'
import { useSay, useTimes } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { bookingsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Chip } from '../ui/chip.tsx'
import { DialogFoot } from '../ui/dialog-foot.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { toast } from '../ui/toasts.tsx'
import { bestThree } from './best-three.ts'
import { TimePicker } from './time-picker.tsx'

export function ProposeDialog({ booking, onClose }: { booking: Booking; onClose: () => void }) {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const times = useTimes()
  const [chosen, setChosen] = useState<number[]>([])
  const propose = useMutation({
    mutationFn: () => bookings.propose(booking.id, chosen),
    onSuccess: async () => {
      toast(say('propose.done', { n: chosen.length }))
      onClose()
      await bookingsChanged()
    },
  })
  const foot = (
    <>
      <ProblemNotice error={propose.error} />
      <div role="status" className="flex min-h-7 flex-wrap items-center gap-2 text-sm">
        <span className="font-medium">{say('propose.chosen', { n: chosen.length })}</span>
        {chosen
          .toSorted((a, b) => a - b)
          .map((start) => (
            <Chip key={start} tone="good">
              {times.when(start)}
            </Chip>
          ))}
      </div>
      <DialogFoot>
        <Button tone="quiet" onClick={onClose}>
          {sayApp('do.cancel')}
        </Button>
        <Button
          tone="primary"
          busy={propose.isPending}
          disabled={chosen.length === 0}
          onClick={() => propose.mutate()}
        >
          {say('propose.go')}
        </Button>
      </DialogFoot>
    </>
  )
  return (
    <Dialog title={say('propose.title')} close={sayApp('do.close')} onClose={onClose} wide foot={foot}>
      <p className="text-muted">{say('propose.lead', { name: booking.name })}</p>
      <TimePicker
        pageId={booking.page?.id ?? null}
        chosen={chosen}
        most={3}
        onChoose={setChosen}
        suggest={(days) => setChosen(bestThree(days))}
      />
    </Dialog>
  )
}
