import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { CircleCheck, Plus } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import type { Connection } from '../api-types.ts'
import { useNow, useSay, useTimes } from '../language.tsx'
import { useMay } from '../me.tsx'
import { Failed } from '../problem.tsx'
import { connectionsQuery, offersQuery } from '../queries.ts'
import { SettingsScreen } from '../settings.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Chip } from '../ui/chip.tsx'
import { Mark } from '../ui/mark.tsx'
import { Notice } from '../ui/notice.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { AskAdmin } from './ask-admin.tsx'
import { CheckPanel } from './check-panel.tsx'
import { ConnectionCard } from './connection-card.tsx'

const ConnectDialog = lazy(() =>
  import('./connect-dialog.tsx').then(({ ConnectDialog }) => ({ default: ConnectDialog })),
)

/** Settings › General › Calendar: connect, choose, check, disconnect. */
export function CalendarSettings() {
  const say = useSay(appWords)
  const navigate = useNavigate()
  const { connect, provider } = useSearch({ from: '/app/settings/calendar/' })
  // A calendar that was just connected is being read for the first time: look again soon.
  const connections = useQuery({
    ...connectionsQuery,
    refetchInterval: ({ state }) => (state.data?.connections.some(unread) ? 3000 : 60_000),
  })
  const open = (connecting: boolean) =>
    void navigate({
      to: '/app/settings/calendar',
      search: connecting ? { connect: 'now' } : {},
      replace: true,
    })

  const content = () => {
    switch (connections.status) {
      case 'pending':
        return <Skeleton rows={4} label={say('state.loading')} />
      case 'error':
        return <Failed error={connections.error} retry={connections.refetch} />
      case 'success':
        return connections.data.length > 0 ? (
          <Connected connections={connections.data} onAdd={() => open(true)} />
        ) : (
          <ConnectCard onConnect={() => open(true)} />
        )
    }
  }
  return (
    <SettingsScreen
      tab="settings.calendar"
      aside={connections.data?.length === 1 && <StateChip connection={connections.data[0]!} />}
    >
      {content()}
      <Suspense>
        {connect && connections.data && (
          <ConnectDialog
            provider={provider}
            onClose={() => open(false)}
            // S-040: success leads to the meetings dashboard, where the calendars are chosen.
            onConnected={({ id }) =>
              void navigate({ to: '/app/meetings', search: { connected: id, choose: 1 } })
            }
          />
        )}
      </Suspense>
    </SettingsScreen>
  )
}

const unread = ({ state, calendars }: Connection) =>
  state === 'connecting' ||
  (state === 'connected' &&
    calendars.some(({ checked, syncedAt, trouble }) => checked && syncedAt === null && trouble === null))

function Connected({ connections, onAdd }: { connections: Connection[]; onAdd: () => void }) {
  const say = useSay(calendarWords)
  const offers = useQuery(offersQuery).data
  const several = offers?.rule === 'several' || connections.length > 1
  return (
    <div className="grid gap-4">
      {connections.some(({ legacy }) => legacy) && connections.length > 1 && (
        <Notice tone="note">{say('cal.two_accounts')}</Notice>
      )}
      {connections.map((connection) => (
        <div key={connection.id} className="grid gap-4">
          {connections.length > 1 && (
            <div className="-mb-2 flex justify-end">
              <StateChip connection={connection} />
            </div>
          )}
          <ConnectionCard connection={connection} several={several && !connection.legacy} />
          {connection.state === 'connected' && !connection.calendarEnded && (
            <CheckPanel connection={connection} named={connections.length > 1} />
          )}
        </div>
      ))}
      {offers?.permitted && (offers.mayAdd || connections.length === 1) && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button icon={<Plus size={18} aria-hidden />} onClick={onAdd}>
            {say('cal.add')}
          </Button>
          <p className="text-sm text-muted">
            {say(offers.mayAdd ? 'cal.add_hint_several' : 'cal.add_hint_one')}
          </p>
        </div>
      )}
    </div>
  )
}

export function StateChip({ connection: { state, verifiedAt } }: { connection: Connection }) {
  const say = useSay(calendarWords)
  const times = useTimes()
  const now = useNow()
  switch (state) {
    case 'connected':
      return (
        <Chip tone="good" icon={<CircleCheck size={14} aria-hidden />}>
          {verifiedAt === null
            ? say('cal.state.connected_fresh')
            : say('cal.state.connected', { ago: times.ago(verifiedAt, now) })}
        </Chip>
      )
    case 'connecting':
      return <Chip tone="note">{say('cal.state.connecting')}</Chip>
    case 'broken':
      return <Chip tone="bad">{say('cal.state.broken')}</Chip>
  }
}

const WHY = ['cal.connect.why1', 'cal.connect.why2', 'cal.connect.why3'] as const

function ConnectCard({ onConnect }: { onConnect: () => void }) {
  const say = useSay(calendarWords)
  const may = useMay('personal-email')
  return (
    <Card>
      <div className="grid gap-6 py-4 @3xl:grid-cols-[auto_1fr] @3xl:items-center @3xl:gap-10 @3xl:px-4">
        <Mark size={120} />
        <div className="grid justify-items-start gap-4">
          <h2 className="text-lg font-bold">{say('cal.connect.cta')}</h2>
          <ul className="grid gap-2">
            {WHY.map((key) => (
              <li key={key} className="flex gap-3">
                <CircleCheck size={20} aria-hidden className="mt-0.5 flex-none text-primary" />
                {say(key)}
              </li>
            ))}
          </ul>
          {may ? (
            <Button tone="primary" onClick={onConnect}>
              {say('cal.connect.cta')}
            </Button>
          ) : (
            <>
              <Notice tone="warn" title={say('cal.need_personal_mail')}>
                {say('cal.need_personal_mail_how')}
              </Notice>
              <AskAdmin
                label={say('way.ask_admin')}
                letter={{
                  subject: say('admin.subject_personal'),
                  body: say('admin.body_personal', { server: location.host }),
                }}
              />
            </>
          )}
          <p className="text-sm text-muted">{say('cal.not_required')}</p>
        </div>
      </div>
    </Card>
  )
}
