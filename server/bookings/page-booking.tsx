import { formatList } from '#core/locale/dates.ts'
import { addLinks } from './add-links.ts'
import { hrefOf } from './page-links.ts'
import { FOCUSED, Icon, Mark, Name, rich } from './page-parts.tsx'
import { PlaceOf, placeIcon } from './page-place.tsx'
import { Proposed } from './page-proposal.tsx'
import { headingOf, stageOf, type Stage } from './page-stage.tsx'
import type { Shown, Teller } from './page-times.ts'
import { When } from './page-when.tsx'
import type { BookingView } from './views.ts'

/** One booking as its visitor sees it: what stands, what they may do. */
export function BookingCard({ view, address, tell }: Shown<BookingView>) {
  const { t } = tell
  const stage = stageOf(view)
  const base = `/b/${view.token}`
  const to = (path: string) => hrefOf({ path: `${base}${path}`, query: address.query })
  const open = stage === 'confirmed' || stage === 'failed' || stage === 'requested' || stage === 'writing'
  const host = <Name>{view.host.callName}</Name>
  return (
    <article
      class="card"
      data-part="booking"
      data-stage={stage}
      data-poll={stage === 'writing' ? '' : undefined}
    >
      <p class="standing">
        <Mark />
        <span
          class={`chip ${stage === 'confirmed' ? 'primary' : stage === 'requested' || stage === 'proposed' || stage === 'failed' ? 'accent' : ''}`}
        >
          {t(`state.${stage}`)}
        </span>
      </p>
      {view.fresh === 'moved' && stage !== 'cancelled' && <p>{t('done.moved')}</p>}
      <h1 {...(view.fresh ? FOCUSED : {})}>{headingOf(view, tell)}</h1>
      <Explained view={view} stage={stage} tell={tell} />
      {stage === 'proposed' && <Proposed view={view} address={address} tell={tell} />}
      <When
        view={view}
        tell={tell}
        gone={stage === 'cancelled' || stage === 'declined' || stage === 'expired' || stage === 'proposed'}
      />
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
            <span>
              {rich(t, 'done.guests', { guests: <Name>{formatList(tell.locale, view.guests)}</Name> })}
            </span>
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
      {(stage === 'confirmed' || stage === 'failed') && (
        <p class="muted small">{rich(t, 'done.reply', { host })}</p>
      )}
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
          {view.fresh === 'now-request' && <>{rich(t, 'done.now_request', { host })} </>}
          <strong>{t('offline.strong')}</strong> {rich(t, 'offline.visitor', { host })}
        </p>
      )
    case 'declined':
    case 'cancelled':
      return (
        <>
          {stage === 'cancelled' && view.cancelledBy && (
            <p>{rich(t, `done.cancelled.${view.cancelledBy}`, { host })}</p>
          )}
          {view.reason && <p>{rich(t, 'done.reason', { reason: <Name>{view.reason}</Name> })}</p>}
        </>
      )
    default:
      return null
  }
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
  const location = view.joinUrl ?? (view.place.kind === 'ask' ? '' : view.place.value)
  const links = addLinks({
    title: view.title,
    start: view.start,
    end: view.end,
    description: view.host.name,
    location,
  })
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
