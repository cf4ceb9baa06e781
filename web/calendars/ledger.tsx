import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { administrationWords } from '#core/locale/words/app-connections.ts'
import { connections } from '../api.ts'
import type { LedgerEntry } from '../api-types.ts'
import { sentence, useNow, useSay, useTimes } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { connectionsQuery, ledgerQuery } from '../queries.ts'
import { ScreenHeading } from '../screen.tsx'
import { Button, buttonLook } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { SelectField } from '../ui/field.tsx'
import { Pills } from '../ui/pills.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

type Kind = 'all' | 'reads' | 'writes'
const KINDS = ['all', 'reads', 'writes'] as const satisfies Kind[]
const READS = new Set<LedgerEntry['act']>(['read', 'watch', 'sign-in'])

/** The access ledger: what was read and written at a provider, when, and for which of our features. */
export function AccessLedger() {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const navigate = useNavigate()
  const { connection } = useSearch({ from: '/app/settings/calendar/ledger' })
  const [kind, setKind] = useState<Kind>('all')
  const accounts = useQuery(connectionsQuery).data ?? []
  return (
    <>
      <ScreenHeading
        title={say('ledger.title')}
        above={
          <Link to="/app/settings/calendar" className="link">
            {sayApp('settings.calendar')}
          </Link>
        }
      >
        <a href={connections.ledgerFile} download className={buttonLook()}>
          <Download size={18} aria-hidden />
          {say('ledger.download')}
        </a>
      </ScreenHeading>
      <div className="grid gap-4">
        <p className="max-w-2xl text-muted">{say('ledger.lead')}</p>
        <div className="flex flex-wrap items-end justify-between gap-4">
          <SelectField
            label={say('ledger.account')}
            className="w-72 max-w-full"
            value={connection ?? ''}
            onChange={(event) =>
              void navigate({
                to: '/app/settings/calendar/ledger',
                search: event.target.value ? { connection: event.target.value } : {},
                replace: true,
              })
            }
          >
            <option value="">{say('ledger.account_all')}</option>
            {accounts.map(({ id, account }) => (
              <option key={id} value={id}>
                {account}
              </option>
            ))}
            {connection && !accounts.some(({ id }) => id === connection) && (
              <option value={connection}>…</option>
            )}
          </SelectField>
          <Pills
            label={say('ledger.kind')}
            options={KINDS.map((value) => ({ value, label: say(`ledger.kind.${value}`) }))}
            value={kind}
            onChange={setKind}
          />
        </div>
        <Card flush>
          <Entries connection={connection} kind={kind} />
        </Card>
      </div>
    </>
  )
}

function Entries({ connection, kind }: { connection: string | undefined; kind: Kind }) {
  const say = useSay(administrationWords)
  const sayApp = useSay(appWords)
  const ledger = useInfiniteQuery(ledgerQuery(connection))
  switch (ledger.status) {
    case 'pending':
      return (
        <div className="p-4">
          <Skeleton rows={4} label={sayApp('state.loading')} />
        </div>
      )
    case 'error':
      return (
        <div className="p-4">
          <Failed error={ledger.error} retry={ledger.refetch} />
        </div>
      )
    case 'success': {
      const shown = ledger.data.filter(({ act }) => kind === 'all' || READS.has(act) === (kind === 'reads'))
      return (
        <>
          {shown.length === 0 ? (
            <p className="px-5 py-6 text-muted">
              {say(ledger.data.length === 0 ? 'ledger.none' : 'ledger.none_shown')}
            </p>
          ) : (
            <Table entries={shown} />
          )}
          {ledger.hasNextPage && (
            <div className="border-t border-border p-3 text-center">
              <Button
                small
                tone="quiet"
                busy={ledger.isFetchingNextPage}
                onClick={() => void ledger.fetchNextPage()}
              >
                {sayApp('do.load_more')}
              </Button>
            </div>
          )}
        </>
      )
    }
  }
}

const COLUMNS = ['when', 'what', 'why', 'where'] as const

function Table({ entries }: { entries: LedgerEntry[] }) {
  const say = useSay(administrationWords)
  return (
    <table className="block w-full text-start @3xl:table">
      <thead className="sr-only @3xl:not-sr-only @3xl:table-header-group">
        <tr>
          {COLUMNS.map((column) => (
            <th key={column} scope="col" className="px-5 py-3 text-start text-sm font-medium text-muted">
              {say(`ledger.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="block divide-y divide-border @3xl:table-row-group">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </tbody>
    </table>
  )
}

const CELL = 'block px-5 @3xl:table-cell @3xl:border-t @3xl:border-border @3xl:py-3 @3xl:align-top'

function Entry({ entry }: { entry: LedgerEntry }) {
  const say = useSay(administrationWords)
  const times = useTimes()
  const now = useNow()
  const featureKey = `ledger.feature.${entry.feature}`
  const why = isKey(featureKey) ? say(featureKey) : entry.feature
  return (
    <tr className="block py-3 @3xl:table-row @3xl:py-0">
      <td className={`${CELL} text-sm whitespace-nowrap text-muted`}>
        {sentence(times.soon(entry.lastAt, now))}
      </td>
      <td className={CELL}>
        <span className="font-medium">{say(`ledger.act.${entry.act}`)}</span>
        {entry.times > 1 && (
          <span className="text-sm text-muted"> · {say('ledger.times', { n: entry.times })}</span>
        )}
        {entry.subject && <span className="block text-sm">{entry.subject}</span>}
      </td>
      <td className={`${CELL} text-sm`}>{why}</td>
      <td className={`${CELL} text-sm text-muted`}>
        {entry.calendar && entry.calendar !== entry.account && (
          <span className="block text-text">{entry.calendar}</span>
        )}
        {entry.account}
      </td>
    </tr>
  )
}

type Key = keyof typeof administrationWords.en
const isKey = (key: string): key is Key => key in administrationWords.en
