import { Link } from '@tanstack/react-router'
import { Copy } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { calendarWords } from '#core/locale/words/app-calendars.ts'
import type { Landing, ProviderName } from '../api-types.ts'
import { useSay } from '../language.tsx'
import { useMay } from '../me.tsx'
import { Button, buttonLook, type Tone } from '../ui/button.tsx'
import { copyText } from '../ui/copy.ts'
import { toast } from '../ui/toasts.tsx'
import { appWords } from '#core/locale/words/app.ts'
import { AskAdmin, AskPerson } from './ask-admin.tsx'
import { providerOf } from './providers.ts'
import { WarnedSteps } from './warned-steps.tsx'

/** What a way out does; whoever shows it knows how. */
export type Next =
  | { kind: 'again'; chooser?: true }
  | { kind: 'scope-only' }
  | { kind: 'use'; as?: 'replace' | 'add' }
  | { kind: 'dialog'; step: 'provider' | 'disclosure' }

type WaysProps = {
  code: string
  provider: ProviderName
  detail: Landing['detail']
  mayAdd?: boolean
  busy: boolean
  go: (next: Next) => void
}

/** The ways out of each CAL-… error (ux.md §2b): the first is the one we suggest. */
export function Ways({ code, provider, detail, mayAdd = false, busy, go }: WaysProps) {
  const say = useSay(calendarWords)
  const a = detail.a ?? say('landing.other_account')
  const b = detail.b ?? say('landing.this_account')
  const way = (words: string, next: Next, tone: Tone = 'primary') => (
    <Button tone={tone} busy={busy} onClick={() => go(next)}>
      {words}
    </Button>
  )
  switch (code) {
    case 'CAL-SHARED-INBOX':
      return way(say('way.own_mailbox'), { kind: 'dialog', step: 'disclosure' })
    case 'CAL-WRONG-ACCOUNT':
      return (
        <>
          {way(say('way.use', { b }), { kind: 'use' })}
          {way(say('way.again'), { kind: 'again' }, 'plain')}
        </>
      )
    case 'CAL-PARTIAL-SCOPE':
      return way(say('way.scope_only'), { kind: 'scope-only' })
    case 'CAL-ADMIN-CONSENT':
      return <ApprovalMessage detail={detail} />
    case 'CAL-NO-MAILBOX':
      return way(say('way.other_provider'), { kind: 'dialog', step: 'provider' })
    case 'CAL-UNVERIFIED-APP':
      return <Warned>{way(say('way.again'), { kind: 'again' })}</Warned>
    case 'CAL-NOT-CONFIGURED':
      return <NotConfigured provider={provider} />
    case 'CAL-ALREADY-USED':
      return (
        <AlreadyUsed detail={detail}>
          {way(say('way.use_another'), { kind: 'again', chooser: true }, 'plain')}
        </AlreadyUsed>
      )
    case 'CAL-NO-PERMISSION':
      return (
        <AskAdmin
          label={say('way.ask_admin')}
          letter={{
            subject: say('admin.subject_personal'),
            body: say('admin.body_personal', { server: location.host }),
          }}
        />
      )
    case 'CAL-EXPIRED':
      return way(say('cal.reconnect'), { kind: 'again' })
    case 'CAL-SECOND':
      return (
        <>
          {way(say('way.replace', { a }), { kind: 'use', as: 'replace' })}
          {mayAdd ? (
            way(say('way.add', { b }), { kind: 'use', as: 'add' }, 'plain')
          ) : (
            <p className="w-full text-sm text-muted">{say('way.add_not')}</p>
          )}
        </>
      )
    default:
      return way(say('way.again'), { kind: 'again' })
  }
}

function ApprovalMessage({ detail }: { detail: Landing['detail'] }) {
  const say = useSay(calendarWords)
  const sayApp = useSay(appWords)
  const message =
    detail.message ??
    say('admin.approval', { server: location.host, url: detail.approvalUrl ?? location.origin })
  const copy = async () => {
    const done = await copyText(message)
    toast(done ? say('way.copied') : sayApp('copy.failed'), { tone: done ? 'good' : 'bad' })
  }
  return (
    <div className="grid w-full justify-items-start gap-3">
      <p className="hairline w-full rounded-card bg-sunken px-4 py-3 text-sm whitespace-pre-line">
        {message}
      </p>
      <Button tone="primary" icon={<Copy size={18} aria-hidden />} onClick={() => void copy()}>
        {say('way.copy_message')}
      </Button>
    </div>
  )
}

function Warned({ children }: { children: ReactNode }) {
  const say = useSay(calendarWords)
  const [shown, setShown] = useState(false)
  if (!shown)
    return (
      <Button tone="primary" onClick={() => setShown(true)}>
        {say('way.show_clicks')}
      </Button>
    )
  return (
    <div role="status" className="grid w-full justify-items-start gap-3">
      <WarnedSteps />
      {children}
    </div>
  )
}

/** Whoever may set it up is led there; everybody else can ask. */
export function NotConfigured({ provider }: { provider: ProviderName }) {
  const say = useSay(calendarWords)
  const admin = useMay('manage-workspace')
  const name = say(`cal.provider.${providerOf(provider).word}_short`)
  if (admin)
    return (
      <Link to="/app/connections" className={buttonLook({ tone: 'primary' })}>
        {say('way.guide')}
      </Link>
    )
  return (
    <AskAdmin
      label={say('way.notify')}
      letter={{
        subject: say('admin.subject_setup', { provider: name }),
        body: say('admin.body_setup', {
          provider: name,
          url: `${location.origin}/app/connections`,
        }),
      }}
    />
  )
}

function AlreadyUsed({ detail, children }: { detail: Landing['detail']; children: ReactNode }) {
  const say = useSay(calendarWords)
  const mail = detail.mail ?? detail.b ?? detail.a ?? say('landing.this_account')
  return (
    <>
      {detail.name && (
        <AskPerson
          name={detail.name}
          letter={{
            subject: say('admin.subject_used', { mail }),
            body: say('admin.body_used', { mail }),
          }}
        />
      )}
      {children}
    </>
  )
}
