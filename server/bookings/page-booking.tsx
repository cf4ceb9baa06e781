import type { ComponentChildren } from 'preact'
import { formatList } from '#core/locale/dates.ts'
import { DAY } from '#core/time/model.ts'
import { addLinks } from './add-links.ts'
import { hrefOf } from './page-links.ts'
import { FOCUSED, Hidden, Icon, Mark, Name, Notice, rich } from './page-parts.tsx'
import { placeIcon, sayPlace } from './page-intro.tsx'
import { bothClocks, sayDelta, sayZone, type Teller } from './page-times.ts'
import type { Address, BookingView, CancelView, ProposalView } from './views.ts'

export type Stage = 'confirmed' | 'writing' | 'failed' | 'requested' | 'proposed' | 'declined' | 'cancelled' | 'expired' | 'past'

/** What may be said of a booking. "Confirmed" only once the calendar gave it back, or where the host has none and accepted in person. */
export function stageOf({ state, calendar, end, clock, proposed }: BookingView): Stage {
  if (state === 'cancelled' || state === 'declined' || state === 'expired') return state
  if (end <= clock.now) return 'past'
  if (state === 'requested') return proposed.length > 0 ? 'proposed' : 'requested'
  return calendar === 'writing' ? 'writing' : calendar === 'failed' ? 'failed' : 'confirmed'
}

const callName = (name: string): string => name.trim().split(/\s+/)[0] ?? name

/** The heading of each stage. */
function headingOf(view: BookingView, tell: Teller): ComponentChildren {
  const { t } = tell
  const host = <Name>{view.host.callName}</Name>
  const near = view.start - view.clock.now < 6 * DAY
  switch (stageOf(view)) {
    case 'confirmed':
      return rich(t, 'done.title', { name: <Name>{callName(view.visitor.name)}</Name> }, { day: tell.say(view.start, near ? 'weekday' : 'day') })
    case 'writing':
      return rich(t, 'done.writing', { host })
    case 'failed':
      return rich(t, 'done.failed', { host })
    case 'requested':
      return t('done.requested', { day: tell.long(view.start) })
    case 'proposed':
      return rich(t, 'done.proposed', { host })
    case 'declined':
      return rich(t, 'done.declined', { host })
    case 'cancelled':
      return t(view.calendar === 'none' && view.cancelledBy === 'visitor' && view.invitation === 'none' ? 'done.withdrawn' : 'done.cancelled')
    case 'expired':
      return t('done.expired')
    case 'past':
      return t(view.state === 'requested' ? 'done.past.request' : 'done.past')
  }
}

/** One booking as its visitor sees it: what stands, what they may do. */
export function BookingCard({ view, address, tell }: { view: BookingView; address: Address; tell: Teller }) {
  const { t } = tell
  const stage = stageOf(view)
  const base = `/b/${view.token}`
  const to = (path: string) => hrefOf({ path: `${base}${path}`, query: address.query })
  const open = stage === 'confirmed' || stage === 'failed' || stage === 'requested' || stage === 'writing'
  const host = <Name>{view.host.callName}</Name>
  return (
    <article class="card" data-part="booking" data-stage={stage} data-poll={stage === 'writing' ? '' : undefined}>
      <p class="standing">
        <Mark />
        <span class={`chip ${stage === 'confirmed' ? 'primary' : stage === 'requested' || stage === 'proposed' || stage === 'failed' ? 'accent' : ''}`}>{t(`state.${stage}`)}</span>
      </p>
      {view.fresh === 'moved' && stage !== 'cancelled' && <p>{t('done.moved')}</p>}
      <h1 {...(view.fresh ? FOCUSED : {})}>{headingOf(view, tell)}</h1>
      <Explained view={view} stage={stage} tell={tell} />
      {stage === 'proposed' && <Proposed view={view} address={address} tell={tell} />}
      <When view={view} tell={tell} gone={stage === 'cancelled' || stage === 'declined' || stage === 'expired' || stage === 'proposed'} />
      <ul class="facts">
        <li>
          <Icon name="calendar" />
          <Name>{view.title}</Name>
        </li>
        <li>
          <Icon name={placeIcon(view.place)} />
          <PlaceOf view={view} tell={tell} confirmed={stage === 'confirmed'} />
        </li>
        {open && <Letter view={view} stage={stage} tell={tell} />}
        {view.guests.length > 0 && (
          <li>
            <Icon name="people" />
            <span>{rich(t, 'done.guests', { guests: <Name>{formatList(tell.locale, view.guests)}</Name> })}</span>
          </li>
        )}
      </ul>
      <div class="actions">
        {stage === 'confirmed' && <AddMenu view={view} file={`${base}/event.ics`} tell={tell} />}
        {stage === 'writing' && (
          <a class="button" href={to('')} data-check="">
            {t('done.check')}
          </a>
        )}
        {open && view.mayMove && (
          <a class="button" href={to('/move')}>
            {t('book.move')}
          </a>
        )}
        {open && view.mayCancel && (
          <a class="button danger" href={to('/cancel')}>
            {t(view.state === 'requested' ? 'book.withdraw' : 'book.cancel')}
          </a>
        )}
        {!open && stage !== 'proposed' && view.pagePath && (
          <a class="button primary" href={hrefOf({ path: view.pagePath, query: address.query })}>
            {t('done.again')}
          </a>
        )}
        {stage === 'proposed' && view.mayCancel && (
          <a class="button danger" href={to('/cancel')}>
            {t('book.withdraw')}
          </a>
        )}
      </div>
      {(stage === 'confirmed' || stage === 'failed') && <p class="muted small">{rich(t, 'done.reply', { host })}</p>}
    </article>
  )
}

function Explained({ view, stage, tell: { t } }: { view: BookingView; stage: Stage; tell: Teller }) {
  const host = <Name>{view.host.callName}</Name>
  switch (stage) {
    case 'writing':
      return <p>{t('done.writing.text')}</p>
    case 'failed':
      return <p>{rich(t, 'done.failed.text', { host })}</p>
    case 'requested':
      return (
        <p>
          <strong>{t('offline.strong')}</strong> {rich(t, 'offline.visitor', { host })}
        </p>
      )
    case 'declined':
    case 'cancelled':
      return (
        <>
          {stage === 'cancelled' && view.cancelledBy && <p>{rich(t, `done.cancelled.${view.cancelledBy}`, { host })}</p>}
          {view.reason && <p>{rich(t, 'done.reason', { reason: <Name>{view.reason}</Name> })}</p>}
        </>
      )
    default:
      return null
  }
}

/** The time on the visitor's clock and, where it differs, on the host's. */
function When({ view, tell, gone }: { view: BookingView; tell: Teller; gone: boolean }) {
  const { t, locale } = tell
  const span = tell.span(view.start, view.end)
  const both = bothClocks(tell, view.clock, view.host.zone, view.start)
  return (
    <div class="time">
      <p class="big">{gone ? <s>{span}</s> : span}</p>
      {!gone && (
        <p class="muted small">
          {sayZone(t, locale, view.clock.zone, view.start)}
          {both && (
            <>
              {' · '}
              {rich(t, both.day ? 'tz.both.day' : 'tz.both', { host: <Name>{view.host.callName}</Name> }, { a: both.a, b: both.b, day: both.day ?? '' })}
            </>
          )}
        </p>
      )}
    </div>
  )
}

/** A link only where it is one that a browser may follow (G03). */
export function webAddress(value: string): URL | null {
  const url = URL.parse(value.trim())
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === '' ? url : null
}

function PlaceOf({ view, tell, confirmed }: { view: BookingView; tell: Teller; confirmed: boolean }) {
  const { kind, value } = view.place
  const url = kind === 'video' && confirmed ? webAddress(value) : null
  if (url)
    return (
      <a href={url.href} rel="noopener noreferrer">
        <Name>{url.host + (url.pathname === '/' ? '' : url.pathname)}</Name>
      </a>
    )
  if (confirmed && value.trim() !== '')
    return (
      <span>
        {kind === 'video' || kind === 'phone' ? `${tell.t(kind === 'video' ? 'place.video.link' : 'place.phone')}: ` : ''}
        <Name>{value}</Name>
      </span>
    )
  return <span>{kind === 'video' && confirmed ? tell.t('place.video.link') : sayPlace(tell.t, view.place)}</span>
}

function Letter({ view, stage, tell: { t } }: { view: BookingView; stage: Stage; tell: Teller }) {
  const email = <Name>{view.visitor.email}</Name>
  const key =
    stage === 'requested'
      ? 'done.answer_to'
      : view.invitation === 'sent'
        ? 'done.invited'
        : view.invitation === 'waiting'
          ? 'done.inviting'
          : view.invitation === 'failed'
            ? 'done.not_invited'
            : null
  return key === null ? null : (
    <li>
      <Icon name="mail" />
      <span>{rich(t, key, { email })}</span>
    </li>
  )
}

function AddMenu({ view, file, tell: { t } }: { view: BookingView; file: string; tell: Teller }) {
  const location = view.place.kind === 'ask' ? '' : view.place.value
  const links = addLinks({ title: view.title, start: view.start, end: view.end, description: view.host.name, location })
  return (
    <details class="menu">
      <summary class="button primary">
        <Icon name="calendar" />
        {t('done.add')}
      </summary>
      <ul>
        <li>
          <a href={file} download="">
            {t('done.add.file')}
          </a>
        </li>
        {links.map(({ name, url }) => (
          <li>
            <a href={url} rel="noopener noreferrer" target="_blank">
              {name}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** The host's other times, each one click away. */
function Proposed({ view, chosen, address, tell }: { view: BookingView; chosen?: number | null; address: Address; tell: Teller }) {
  const { t } = tell
  const form = (starts: number[], primary: boolean) => (
    <form method="post" action={`/b/${view.token}/accept`} class="proposals">
      <Hidden fields={address.query.lang ? { lang: address.query.lang } : {}} />
      {starts.map((start) => {
        const both = bothClocks(tell, view.clock, view.host.zone, start)
        return (
          <button class={primary ? 'button primary' : 'button'} name="slot" value={String(start)}>
            <span>{t('proposal.confirm', { when: tell.long(start) })}</span>
            {both && <small>{rich(t, both.day ? 'tz.both.day' : 'tz.both', { host: <Name>{view.host.callName}</Name> }, { a: both.a, b: both.b, day: both.day ?? '' })}</small>}
          </button>
        )
      })}
    </form>
  )
  const one = chosen != null && view.proposed.includes(chosen) ? chosen : null
  const others = view.proposed.filter((start) => start !== one)
  return (
    <>
      {one !== null && form([one], true)}
      {others.length > 0 && (
        <>
          {one !== null && <h2>{t('proposal.others')}</h2>}
          {form(others, one === null)}
        </>
      )}
      {view.pagePath && (
        <p>
          <a href={hrefOf({ path: view.pagePath, query: address.query })}>{t('proposal.none_fits')}</a>
        </p>
      )}
    </>
  )
}

export function ProposalCard({ proposal, address, tell }: { proposal: ProposalView; address: Address; tell: Teller }) {
  const { booking: view, taken, chosen } = proposal
  const { t } = tell
  return (
    <article class="card" data-part="booking">
      <p class="standing">
        <Mark />
        <span class="chip accent">{t('state.proposed')}</span>
      </p>
      <h1>{rich(t, 'proposal.title', { host: <Name>{view.host.callName}</Name> }, { n: view.proposed.length })}</h1>
      {taken && (
        <Notice tone="danger" icon="alert" role="alert" focus>
          <p>
            <strong>{t('book.taken.strong')}</strong> {t('book.taken.bare', { time: tell.time(taken.lost) })} {t(taken.nearest.length > 0 ? 'book.taken.choose' : 'book.taken.none')}
          </p>
          <form method="post" action={`/b/${view.token}/accept`} class="proposals">
            <Hidden fields={address.query.lang ? { lang: address.query.lang } : {}} />
            {taken.nearest.map((start) => (
              <button class="button" name="slot" value={String(start)}>
                <span>{tell.long(start)}</span> <small>{sayDelta(t, taken.lost, start)}</small>
              </button>
            ))}
          </form>
        </Notice>
      )}
      <p>{t('proposal.choose')}</p>
      <Proposed view={view} chosen={chosen} address={address} tell={tell} />
      <p class="muted small">
        {t('proposal.asked', { when: tell.long(view.start) })} {sayZone(t, tell.locale, view.clock.zone, view.start)}
      </p>
    </article>
  )
}

export function CancelCard({ cancel, address, tell }: { cancel: CancelView; address: Address; tell: Teller }) {
  const { booking: view } = cancel
  const { t } = tell
  const request = view.state === 'requested'
  const host = <Name>{view.host.callName}</Name>
  return (
    <article class="card" data-part="booking">
      <h1>{t(request ? 'cancel.title.request' : 'cancel.title')}</h1>
      {cancel.notice && (
        <Notice tone="danger" icon="alert" role="alert" focus>
          {t('form.again')}
        </Notice>
      )}
      <p>
        <Name>{view.title}</Name>
      </p>
      <When view={view} tell={tell} gone={false} />
      <p>{rich(t, request ? 'cancel.text.request' : 'cancel.text', { host })}</p>
      <form method="post" action={`/b/${view.token}/cancel`} class="details">
        <Hidden fields={address.query.lang ? { lang: address.query.lang } : {}} />
        <div class="field">
          <label for="reason">
            {t('cancel.reason')}
            <span class="optional"> {t('form.optional')}</span>
          </label>
          <textarea id="reason" name="reason" rows={3} maxLength={1000}>
            {cancel.reason}
          </textarea>
        </div>
        <div class="actions">
          <button class="button danger solid">{t(request ? 'book.withdraw' : 'book.cancel')}</button>
          <a class="button" href={hrefOf({ path: `/b/${view.token}`, query: address.query })}>
            {t('cancel.keep')}
          </a>
        </div>
      </form>
    </article>
  )
}
