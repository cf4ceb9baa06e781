import type { ReactNode } from 'react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { appWords } from '#core/locale/words/app.ts'
import type { Landing, ProviderName } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { Notice } from '../ui/notice.tsx'
import { useCalError } from './cal-error.ts'
import { companyOf, providerOf } from './providers.ts'

type RefusalProps = {
  code: string
  provider: ProviderName
  detail?: Landing['detail']
  /** The server's own sentence, for a code this page has no words for. */
  told?: string | null
  live?: boolean
  children?: ReactNode
}

/** One CAL-… error: the cause in one line, the code folded away, the ways out below. */
export function Refusal({ code, provider, detail = {}, told, live = false, children }: RefusalProps) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const calError = useCalError()
  const a = detail.a ?? say('landing.other_account')
  const b = detail.b ?? say('landing.this_account')
  const words = calError(code, {
    a,
    b,
    mail: detail.mail ?? detail.b ?? detail.a ?? b,
    name: detail.name ?? '…',
    scope: detail.scope ?? '…',
    effect: detail.effect ?? '…',
    provider:
      code === 'CAL-NOT-CONFIGURED'
        ? say(`cal.provider.${providerOf(provider).word}_short`)
        : companyOf(provider),
    host: location.host,
  })
  return (
    <div className="grid gap-4">
      <Notice
        tone={MILD.has(code) ? 'note' : 'bad'}
        live={live}
        title={words ?? told ?? sayApp('err.generic')}
      >
        <details className="mt-1 text-sm">
          <summary>{sayApp('err.details')}</summary>
          <p className="mt-1">{sayApp('err.code', { code })}</p>
        </details>
      </Notice>
      {children && <div className="flex flex-wrap gap-3">{children}</div>}
    </div>
  )
}

// What somebody chose themselves, or has to choose, is no fault.
const MILD = new Set(['CAL-CANCELLED', 'CAL-SECOND', 'CAL-UNVERIFIED-APP'])
