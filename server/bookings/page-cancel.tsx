import { hrefOf } from './page-links.ts'
import { Hidden, Name, Notice, rich } from './page-parts.tsx'
import type { Teller } from './page-times.ts'
import { When } from './page-when.tsx'
import type { Address, CancelView } from './views.ts'

export function CancelCard({
  cancel,
  address,
  tell,
}: {
  cancel: CancelView
  address: Address
  tell: Teller
}) {
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
          <button class="button danger">{t(request ? 'book.withdraw' : 'book.cancel')}</button>
          <a class="button" href={hrefOf({ path: `/b/${view.token}`, query: address.query })}>
            {t('cancel.keep')}
          </a>
        </div>
      </form>
    </article>
  )
}
