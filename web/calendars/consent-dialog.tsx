import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { appWords } from '#core/locale/words/app.ts'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import { calendars } from '../api.ts'
import type { Connection, Consent } from '../api-types.ts'
import { useSay, useTimes } from '../language.tsx'
import { Failed } from '../problem.tsx'
import { buttonLook } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Skeleton } from '../ui/skeleton.tsx'

/** The consent receipt (S-075): who allowed what, when, and in which words. */
export function ConsentDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const consent = useQuery({
    queryKey: ['consent', connection.id],
    queryFn: () => calendars.consent(connection.id),
  })
  const content = () => {
    switch (consent.status) {
      case 'pending':
        return <Skeleton rows={3} label={sayApp('state.loading')} />
      case 'error':
        return <Failed error={consent.error} retry={consent.refetch} />
      case 'success':
        return <Receipt consent={consent.data} file={calendars.consentFile(connection.id)} />
    }
  }
  return (
    <Dialog title={say('cal.consent.title')} close={sayApp('do.close')} onClose={onClose}>
      {content()}
    </Dialog>
  )
}

function Receipt({ consent, file }: { consent: Consent; file: string }) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const times = useTimes()
  return (
    <>
      <dl className="grid gap-x-4 gap-y-1 @sm:grid-cols-[auto_1fr]">
        <Line label={say('cal.consent.who')}>{consent.who}</Line>
        <Line label={say('cal.consent.account')}>{consent.account}</Line>
        <Line label={say('cal.consent.when')}>
          {times.date(consent.givenAt)}, {times.time(consent.givenAt)}
        </Line>
        <Line label={say('cal.consent.text')}>
          {say('cal.consent.text_value', {
            version: consent.textVersion,
            language: sayApp(`lang.${consent.locale}`),
          })}
        </Line>
      </dl>
      <section>
        <h3 className="mb-2 font-medium">{say('cal.consent.lines')}</h3>
        <ul lang={consent.locale} className="grid list-disc gap-1.5 ps-5">
          {consent.lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      <Scopes title={say('cal.consent.scopes')} scopes={consent.scopes} />
      <Scopes title={say('cal.consent.refused')} scopes={consent.refused} />
      <a href={file} download className={`${buttonLook()} justify-self-start`}>
        <Download size={18} aria-hidden />
        {say('cal.consent.download')}
      </a>
    </>
  )
}

const Line = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="@sm:col-span-2 @sm:grid @sm:grid-cols-subgrid">
    <dt className="text-sm text-muted">{label}</dt>
    <dd className="min-w-0 font-medium">{children}</dd>
  </div>
)

const Scopes = ({ title, scopes }: { title: string; scopes: string[] }) =>
  scopes.length === 0 ? null : (
    <section>
      <h3 className="mb-1 font-medium">{title}</h3>
      <ul className="grid gap-1 text-sm text-muted">
        {scopes.map((scope) => (
          <li key={scope} className="break-all">
            <code>{scope}</code>
          </li>
        ))}
      </ul>
    </section>
  )
