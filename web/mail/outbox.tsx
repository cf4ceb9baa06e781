import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { appWords } from '#core/locale/words/app.ts'
import { outboxWords } from '#core/locale/words/app-mail.ts'
import type { OutboxLetter } from '../api-types.ts'
import { useNow, useSay, useTimes } from '../language.tsx'
import { useMe } from '../me.tsx'
import { Failed } from '../problem.tsx'
import { outboxQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { Card } from '../ui/card.tsx'
import { Chip, type ChipTone } from '../ui/chip.tsx'
import { cx } from '../ui/look.ts'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { OpenLetter } from './open-letter.tsx'

const TONES: Record<OutboxLetter['state'], ChipTone> = {
  practice: 'plain',
  queued: 'note',
  sending: 'note',
  sent: 'good',
  failed: 'bad',
  unknown: 'warn',
}

/** Every letter, as the reader would get it: where mail goes while no mail server is set. */
export function Outbox() {
  const say = useSay(outboxWords)
  const sayApp = useSay(appWords)
  const { mail } = useMe()
  const { letter } = useSearch({ from: '/app/outbox' })
  const letters = useQuery({ ...outboxQuery, refetchInterval: 10_000 })
  const content = () => {
    switch (letters.status) {
      case 'pending':
        return <Skeleton rows={6} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={letters.error} retry={letters.refetch} />
      case 'success':
        return letters.data.length === 0 ? (
          <p className="text-muted">{say('outbox.none')}</p>
        ) : (
          <div className="grid items-start gap-4 @4xl:grid-cols-[22rem_minmax(0,1fr)]">
            {/* On a phone the list gives way to the letter; beside it where there is room. */}
            <div className={cx(letter && 'hidden @4xl:block')}>
              <List letters={letters.data} chosen={letter} />
            </div>
            {letter ? (
              <OpenLetter key={letter} id={letter} />
            ) : (
              <p className="hidden p-5 text-muted @4xl:block">{say('outbox.choose')}</p>
            )}
          </div>
        )
    }
  }
  return (
    <>
      <ScreenHeading title={say('outbox.title')} />
      <Notice tone={mail.practice ? 'warn' : 'note'} className="mb-4">
        {say(mail.practice ? 'outbox.practice' : 'outbox.real')}
      </Notice>
      {content()}
    </>
  )
}

function List({ letters, chosen }: { letters: OutboxLetter[]; chosen: string | undefined }) {
  const say = useSay(outboxWords)
  const times = useTimes()
  const now = useNow()
  return (
    <Card flush title={say('outbox.list')}>
      <ul className="divide-y divide-border">
        {letters.map(({ id, subject, recipient, state, createdAt }) => (
          <li key={id}>
            <Link
              to="/app/outbox"
              search={{ letter: id }}
              aria-current={id === chosen ? 'true' : 'false'}
              activeProps={{}}
              resetScroll={false}
              className={cx(
                'grid gap-1 px-5 py-3 focus-visible:-outline-offset-2',
                id === chosen ? 'bg-primary-soft text-on-primary-soft' : 'hover:bg-sunken',
              )}
            >
              <span className="font-medium">{subject}</span>
              <span className={cx('text-sm break-all', id !== chosen && 'text-muted')}>
                {say('outbox.to', { recipient })}
              </span>
              <span className="flex items-center justify-between gap-2">
                <span className={cx('text-sm', id !== chosen && 'text-muted')}>
                  {times.ago(createdAt, now)}
                </span>
                <Chip tone={TONES[state]}>{say(`outbox.state.${state}`)}</Chip>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
