import { useInfiniteQuery } from '@tanstack/react-query'
import { appWords } from '#core/locale/words/app.ts'
import { bookingWords } from '#core/locale/words/app-bookings.ts'
import type { BookingTab } from '../api-types.ts'
import { useNow, useSay } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { bookingsQuery } from '../queries.ts'
import { Button } from '../ui/button.tsx'
import { Card, Rows } from '../ui/card.tsx'
import { Pills } from '../ui/pills.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { BookingRow } from './booking-row.tsx'

const TABS = ['upcoming', 'past', 'cancelled'] as const satisfies BookingTab[]

export function BookingList({ tab, onTab }: { tab: BookingTab; onTab: (tab: BookingTab) => void }) {
  const say = useSay(bookingWords)
  const shown = tab === 'requests' ? 'upcoming' : tab
  return (
    <Card
      flush
      title={say(`list.${shown}`)}
      actions={
        <Pills
          label={say('list.tabs')}
          options={TABS.map((name) => ({ value: name, label: say(`list.${name}`) }))}
          value={shown}
          onChange={onTab}
        />
      }
    >
      <Listed tab={shown} />
    </Card>
  )
}

function Listed({ tab }: { tab: (typeof TABS)[number] }) {
  const say = useSay(bookingWords)
  const sayApp = useSay(appWords)
  const now = useNow()
  const list = useInfiniteQuery(bookingsQuery(tab))
  switch (list.status) {
    case 'pending':
      return (
        <div className="p-4">
          <Skeleton rows={3} label={sayApp('state.loading')} />
        </div>
      )
    case 'error':
      return (
        <div className="p-4">
          <Failed error={list.error} retry={list.refetch} />
        </div>
      )
    case 'success':
      if (list.data.length === 0) return <p className="px-5 py-6 text-muted">{say(`list.none.${tab}`)}</p>
      return (
        <>
          <Rows>
            {list.data.map((booking) => (
              <BookingRow key={booking.id} booking={booking} now={now} />
            ))}
          </Rows>
          {list.hasNextPage && (
            <div className="border-t border-border p-3 text-center">
              <Button
                small
                tone="quiet"
                busy={list.isFetchingNextPage}
                onClick={() => void list.fetchNextPage()}
              >
                {sayApp('do.load_more')}
              </Button>
            </div>
          )}
        </>
      )
  }
}
