import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { eventTypeWords } from '#core/locale/words/app-event-types.ts'
import { dateOf } from '#core/time/wall.ts'
import { pages } from '../api.ts'
import type { Explained } from '../api-types.ts'
import { useNow, useSay, useTimes } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { TextField } from '../ui/field.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

type Key = keyof typeof eventTypeWords.en
const keyOf = (reason: string): Key =>
  (`explain.reason.${reason}` in eventTypeWords.en
    ? `explain.reason.${reason}`
    : 'explain.reason.other') as Key

/** Why a start of a day is, or is not, offered: of the page as it is saved. */
export function Explain({ pageId }: { pageId: string }) {
  const say = useSay(eventTypeWords)
  const sayApp = useSay(appWords)
  const { zone } = useTimes()
  const now = useNow()
  const [date, setDate] = useState(() => dateOf(zone, now))
  const [asked, setAsked] = useState<string | null>(null)
  const explained = useQuery({
    queryKey: ['explain', pageId, asked],
    queryFn: () => pages.explain(pageId, asked!),
    enabled: asked !== null,
  })
  const content = () => {
    if (asked === null) return null
    switch (explained.status) {
      case 'pending':
        return <Skeleton rows={2} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={explained.error} retry={explained.refetch} />
      case 'success':
        return <Answer explained={explained.data} />
    }
  }
  return (
    <Card title={say('explain.title')} lead={say('explain.lead')}>
      <div id="explain" className="grid gap-4">
        <div className="flex flex-wrap items-end gap-3">
          <TextField
            type="date"
            className="w-48"
            label={say('explain.date')}
            value={date}
            onChange={(event) => setDate(event.target.value)}
          />
          <Button disabled={date === ''} onClick={() => setAsked(date)}>
            {say('explain.go')}
          </Button>
        </div>
        <div aria-live="polite">{content()}</div>
      </div>
    </Card>
  )
}

function Answer({ explained: { starts } }: { explained: Explained }) {
  const say = useSay(eventTypeWords)
  const times = useTimes()
  const taken = starts.filter(({ reasons }) => reasons.length > 0)
  const free = starts.length - taken.length
  if (starts.length === 0) return <p>{say('explain.none')}</p>
  return (
    <>
      <p className="font-medium">
        {taken.length === 0
          ? say('explain.all_free', { n: starts.length })
          : say('explain.some', { free, n: starts.length })}
      </p>
      <ul className="mt-2 grid gap-x-6 gap-y-1 text-sm @xl:grid-cols-2">
        {taken.map(({ start, reasons }) => (
          <li key={start} className="flex gap-3">
            <span className="font-medium">{times.time(start)}</span>
            <span className="text-muted">{reasons.map((reason) => say(keyOf(reason))).join('; ')}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
