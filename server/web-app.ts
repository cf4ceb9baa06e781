import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import type { Env } from '#server/platform/http.ts'
import { WEB_BUILD } from '#server/platform/assets.ts'

const page = ((): string | null => {
  const path = join(WEB_BUILD, 'index.html')
  return existsSync(path) ? readFileSync(path, 'utf8') : null
})()

const DOCS = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ritrovo API</title><meta name="viewport" content="width=device-width"></head><body><div id="app"></div>'

/** The signed-in app (one page for all its addresses), its files, and the human reading of the API. */
export const webApp = new Hono<Env>()
  .get('/assets/*', serveStatic({ root: WEB_BUILD, onFound: (_path, c) => c.header('cache-control', 'public, max-age=31536000, immutable') }))
  .get('/docs/api', (c) => {
    const nonce = c.get('nonce')
    // The reference sets styles of its own as it draws; only this page may, and it loads nothing from elsewhere.
    c.header('content-security-policy', `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'`)
    return c.html(`${DOCS}<script src="/assets/api-reference.js"></script><script nonce="${nonce}">Scalar.createApiReference('#app', { url: '/openapi.json', withDefaultFonts: false, telemetry: false, hideClientButton: true, agent: { disabled: true } })</script></body></html>`)
  })
  .on('GET', ['/app', '/app/*', '/login', '/setup', '/invite/*', '/outbox'], (c) => {
    if (page === null) return c.text('The web app was not built: run npm start or npm run build.', 503)
    c.header('cache-control', 'no-store')
    return c.html(page.replaceAll('%NONCE%', c.get('nonce')))
  })
  // Where a trip to a calendar's provider comes back to.
  .get('/meetings', (c) => c.redirect(`/app/meetings${new URL(c.req.url).search}`, 302))
  .get('/', (c) => c.redirect('/app', 302))
