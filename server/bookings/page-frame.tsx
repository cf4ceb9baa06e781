import type { ComponentChildren } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { Locale } from '#core/locale/locale.ts'
import { hrefOf } from './page-links.ts'
import { Mark } from './page-parts.tsx'
import { pageStyle } from './page-style.ts'
import { words } from './page-times.ts'
import type { Frame } from './views.ts'

type Sheet = {
  /** The document's title; user text in it is kept apart by isolates, since it cannot hold a <bdi>. */
  title: string
  description?: string
  /** Pages behind a link of their own are nobody's search result (F15). */
  indexed?: boolean
  /** Seconds until a browser without script looks again. */
  refresh?: number | null
  languages?: boolean
  script?: boolean
  wide?: boolean
  children: ComponentChildren
}

const OTHER: Record<Locale, Locale> = { en: 'it', it: 'en' }

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cg fill='none' stroke='%2317624f' stroke-width='2.6'%3E%3Cpath fill='%23f2b33d' stroke='none' d='M16 8.2a9 9 0 0 1 0 15.6 9 9 0 0 1 0-15.6Z'/%3E%3Ccircle cx='11.5' cy='16' r='9'/%3E%3Ccircle cx='20.5' cy='16' r='9'/%3E%3C/g%3E%3C/svg%3E"

export const isolated = (text: string): string => `\u2068${text}\u2069`

/** A whole document. */
export function documentOf(frame: Frame, sheet: Sheet): string {
  const { locale, nonce, assets, address } = frame
  const t = words(locale)
  const other = OTHER[locale]
  const style = { __html: pageStyle(assets) }
  return `<!doctype html>${renderToString(
    <html lang={locale}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{sheet.title}</title>
        {sheet.description && <meta name="description" content={sheet.description} />}
        {!sheet.indexed && <meta name="robots" content="noindex" />}
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#0f1513" media="(prefers-color-scheme: dark)" />
        <meta name="format-detection" content="telephone=no,date=no,address=no" />
        {sheet.refresh != null && (
          <noscript>
            <meta http-equiv="refresh" content={String(sheet.refresh)} />
          </noscript>
        )}
        <link rel="icon" href={ICON} />
        {assets.font && (
          <link rel="preload" href={assets.font} as="font" type="font/woff2" crossorigin="anonymous" />
        )}
        <style nonce={nonce} dangerouslySetInnerHTML={style} />
        {sheet.script !== false && assets.script && (
          <script type="module" src={assets.script} nonce={nonce} />
        )}
      </head>
      <body class={sheet.wide ? 'wide' : undefined}>
        <header class="top">
          <span class="brand">
            <Mark />
            <bdi>{frame.workspace}</bdi>
          </span>
          {sheet.languages !== false && (
            <a href={hrefOf(address, { lang: other })} lang={other} hreflang={other} data-live="language">
              {t('language.other')}
            </a>
          )}
        </header>
        <main>{sheet.children}</main>
        <footer class="bottom">
          <span>{t('made_with')}</span>
          <a href={`/privacy?lang=${locale}`}>{t('privacy.link')}</a>
        </footer>
        <p class="unseen" role="status" data-say="" />
      </body>
    </html>,
  )}`
}
