import { hrefOf } from './page-links.ts'
import { Icon, Mark, Name, PlainText, rich } from './page-parts.tsx'
import { sayLength, type Words } from './page-times.ts'
import type { Address, LandingView, MessageView, PrivacyView } from './views.ts'

/** The pages of one host or team. */
export function Landing({ view, address, t }: { view: LandingView; address: Address; t: Words }) {
  const { lang, zone } = address.query
  const query = { ...(lang ? { lang } : {}), ...(zone ? { zone } : {}) }
  return (
    <section class="landing">
      <h1>{rich(t, 'landing.title', { host: <Name>{view.name}</Name> })}</h1>
      <p class="muted">{t(view.pages.length > 0 ? 'landing.choose' : 'landing.empty')}</p>
      <ul class="doors">
        {view.pages.map((page) => (
          <li class="door">
            <h2>
              <a href={hrefOf({ path: page.path, query })}>
                <Name>{page.title}</Name>
              </a>
            </h2>
            <p class="muted">
              <Icon name="clock" />
              {page.durations.map((length) => sayLength(t, length)).join(' · ')}
              {page.mode !== 'bookings' && (
                <span class={page.mode === 'requests' ? 'chip accent' : 'chip'}>
                  {t(page.mode === 'requests' ? 'landing.requests' : 'landing.closed')}
                </span>
              )}
            </p>
            <PlainText text={page.description} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** For when there is nothing else to show: what happened, what it means, what one can do. */
export function Message({ view, t }: { view: MessageView; t: Words }) {
  const minutes = Math.max(1, Math.ceil((view.retryAfter ?? 60) / 60))
  return (
    <article class="card">
      <p class="standing">
        <Mark />
      </p>
      <h1>{t(`message.${view.kind}`)}</h1>
      <p>
        {view.kind === 'too-many' ? t('message.too-many.text', { minutes }) : t(`message.${view.kind}.text`)}
      </p>
      {view.contact && (
        <p>
          {rich(t, 'message.contact', {
            email: <a href={`mailto:${encodeURIComponent(view.contact)}`}>{view.contact}</a>,
          })}
        </p>
      )}
      {view.back && (
        <p class="actions">
          <a class="button" href={view.back}>
            {t('message.back')}
          </a>
        </p>
      )}
      {view.requestId && (
        <details class="small">
          <summary>{t('message.details')}</summary>
          <p class="muted">{rich(t, 'message.request', { id: <code>{view.requestId}</code> })}</p>
        </details>
      )}
    </article>
  )
}

export function Privacy({ view, workspace, t }: { view: PrivacyView; workspace: string; t: Words }) {
  const name = { workspace: <Name>{workspace}</Name> }
  return (
    <article class="card prose">
      <h1>{t('privacy.title')}</h1>
      <p>{rich(t, 'privacy.intro', name)}</p>
      <h2>{t('privacy.what.title')}</h2>
      <p>{rich(t, 'privacy.what', name)}</p>
      <h2>{t('privacy.why.title')}</h2>
      <p>{t('privacy.why')}</p>
      <h2>{t('privacy.not.title')}</h2>
      <p>{t('privacy.not')}</p>
      <h2>{t('privacy.rights.title')}</h2>
      <p>
        {view.contact
          ? rich(t, 'privacy.rights.contact', {
              email: <a href={`mailto:${encodeURIComponent(view.contact)}`}>{view.contact}</a>,
            })
          : t('privacy.rights')}
      </p>
    </article>
  )
}
