import { useMutation } from '@tanstack/react-query'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import { bookings } from '../api.ts'
import type { Booking, Letter, ResendableKind } from '../api-types.ts'
import { useNow, useSay, useTimes } from '../language.tsx'
import { ProblemNotice } from '../problem.tsx'
import { bookingsChanged } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card, Row, Rows } from '../ui/card.tsx'
import { toast } from '../ui/toasts.tsx'

const KINDS = [
  'invite',
  'acknowledge',
  'uninvite',
  'decline',
  'propose',
  'remind',
  'join',
  'tell-host',
] as const
const RESENDABLE = [
  'invite',
  'uninvite',
  'acknowledge',
  'propose',
  'decline',
] as const satisfies ResendableKind[]
const kindOf = (kind: string) =>
  KINDS.find((known) => kind === known || kind.startsWith(`${known}-`)) ?? ('other' as const)

/** Every letter of this meeting and what became of it. */
export function Letters({ booking }: { booking: Booking }) {
  const say = useSay(bookingWords)
  const again = useMutation({
    mutationFn: (kind: ResendableKind) => bookings.sendAgain(booking.id, kind),
    onSuccess: async () => {
      toast(say('meeting.sent_again'))
      await bookingsChanged()
    },
  })
  return (
    <Card flush title={say('meeting.letters')}>
      {again.isError && (
        <div className="p-4">
          <ProblemNotice error={again.error} />
        </div>
      )}
      {booking.letters.length === 0 ? (
        <p className="px-5 py-4 text-sm text-muted">{say('meeting.letters_none')}</p>
      ) : (
        <Rows>
          {booking.letters.map((letter) => (
            <LetterLine
              key={`${letter.kind} ${letter.to} ${letter.at}`}
              letter={letter}
              busy={again.isPending && again.variables === letter.kind}
              onAgain={again.mutate}
            />
          ))}
        </Rows>
      )}
    </Card>
  )
}

function LetterLine({
  letter,
  busy,
  onAgain,
}: {
  letter: Letter
  busy: boolean
  onAgain: (kind: ResendableKind) => void
}) {
  const say = useSay(bookingWords)
  const times = useTimes()
  const now = useNow()
  const name = say(`meeting.letter.${kindOf(letter.kind)}`)
  const lost = letter.state === 'failed' || letter.state === 'unknown'
  const settled = lost || letter.state === 'sent' || letter.state === 'practice'
  const resendable = settled && RESENDABLE.find((kind) => kind === letter.kind)
  return (
    <Row>
      <div className="min-w-0 flex-1 basis-40">
        <p className="font-medium">{name}</p>
        <p className="text-sm break-words text-muted">
          {letter.to} ·{' '}
          <span className={lost ? 'text-danger' : undefined}>
            {say(`letter.state.${letter.state}`, { ago: times.ago(letter.at, now) })}
          </span>
        </p>
      </div>
      {resendable && (
        <Button
          small
          tone="quiet"
          busy={busy}
          onClick={() => onAgain(resendable)}
          aria-label={`${say('meeting.send_again')}: ${name}, ${letter.to}`}
        >
          {say('meeting.send_again')}
        </Button>
      )}
    </Row>
  )
}
