import type { Instant } from '#core/time/model.ts'
import { hrefOf } from './page-links.ts'
import { Hidden, Mark, Name, Notice, rich } from './page-parts.tsx'
import { sayDelta, sayZone, type Shown, type Teller } from './page-times.ts'
import { BothClocks } from './page-when.tsx'
import type { Address, BookingView, ProposalView } from './views.ts'

const lang = ({ query }: Address): Record<string, string> => (query.lang ? { lang: query.lang } : {})

/** The host's other times, each one click away. */
export function Proposed({ view, chosen, address, tell }: Shown<BookingView> & { chosen?: Instant | null }) {
  const { t } = tell
  const form = (starts: Instant[], primary: boolean) => (
    <form method="post" action={`/b/${view.token}/accept`} class="proposals">
      <Hidden fields={lang(address)} />
      {starts.map((start) => (
        <button class={primary ? 'button primary' : 'button'} name="slot" value={String(start)}>
          <span>{t('proposal.confirm', { when: tell.long(start) })}</span>
          <small>
            <BothClocks tell={tell} clock={view.clock} host={view.host} at={start} />
          </small>
        </button>
      ))}
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

export function ProposalCard({
  proposal,
  address,
  tell,
}: {
  proposal: ProposalView
  address: Address
  tell: Teller
}) {
  const { booking, taken, chosen } = proposal
  const view = { ...booking, proposed: booking.proposed.filter((start) => start !== taken?.lost) }
  const { t } = tell
  return (
    <article class="card" data-part="booking">
      <p class="standing">
        <Mark />
        <span class="chip accent">{t('state.proposed')}</span>
      </p>
      <h1>
        {rich(t, 'proposal.title', { host: <Name>{view.host.callName}</Name> }, { n: view.proposed.length })}
      </h1>
      {taken && (
        <Notice tone="danger" icon="alert" role="alert" focus>
          <p>
            <strong>{t('book.taken.strong')}</strong> {t('book.taken.bare', { time: tell.time(taken.lost) })}{' '}
            {t(taken.nearest.length > 0 ? 'book.taken.choose' : 'book.taken.none')}
          </p>
          <form method="get" action={`/b/${view.token}/move`} class="proposals">
            <Hidden fields={{ ...lang(address), zone: view.clock.zone }} />
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
        {t('proposal.asked', { when: tell.long(view.start) })}{' '}
        {sayZone(t, tell.locale, view.clock.zone, view.start)}
      </p>
    </article>
  )
}
