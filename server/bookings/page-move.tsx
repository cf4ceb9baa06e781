import { MINUTE, type Instant } from '#core/time/model.ts'
import { carried } from './page-links.ts'
import { FOCUSED, Hidden } from './page-parts.tsx'
import type { Shown } from './page-times.ts'
import { BothClocks } from './page-when.tsx'
import type { PickerView } from './views.ts'

/** Moving: both times side by side and one button; the GET before it has changed nothing. */
export function MoveQuestion({ view, to, address, tell }: Shown<PickerView> & { to: Instant }) {
  const { facts, clock, moving } = view
  const { t } = tell
  if (!moving) return null
  return (
    <form method="post" action={address.path} class="details" data-live="book" aria-labelledby="panel">
      <Hidden fields={{ ...carried(address), slot: String(to), zone: clock.zone }} />
      <h2 id="panel" {...FOCUSED}>
        {t('move.question')}
      </h2>
      <dl class="fromto">
        <dt>{t('move.from')}</dt>
        <dd>
          <s>{tell.span(moving.from.start, moving.from.end)}</s>
        </dd>
        <dt>{t('move.to')}</dt>
        <dd>
          <strong>{tell.span(to, to + facts.length * MINUTE)}</strong>
          <span class="muted">
            <BothClocks tell={tell} clock={clock} host={facts.host} at={to} />
          </span>
        </dd>
      </dl>
      <div class="act">
        <button class="button primary" data-wait={t('book.wait')}>
          {t(facts.mode.kind === 'requests' ? 'move.request' : 'move.confirm')}
        </button>
      </div>
      <a href={`${address.path}?${new URLSearchParams(carried(address))}`} data-live="page">
        {t('book.change_time')}
      </a>
    </form>
  )
}
