import type { createApp } from '#server/app.ts'

type App = ReturnType<typeof createApp>

/** A visitor without script: follows links and posts forms, keeping nothing but the page in front of them. */
export function visitor(app: App, options: { locale?: string } = {}) {
  const ask = async (path: string, form?: Record<string, string>): Promise<{ status: number; path: string; html: string }> => {
    const headers: Record<string, string> = { 'accept-language': options.locale ?? 'en', 'sec-fetch-site': 'same-origin' }
    const response = await app.request(`http://localhost:3000${path}`, form ? { method: 'POST', headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost:3000' }, body: new URLSearchParams(form).toString() } : { headers })
    if (response.status === 303 || response.status === 302) return ask(new URL(response.headers.get('location')!, `http://localhost:3000${path}`).href.slice('http://localhost:3000'.length))
    return { status: response.status, path, html: await response.text() }
  }
  return { get: (path: string) => ask(path), post: (path: string, form: Record<string, string>) => ask(path, form) }
}

/** The value of a hidden field of a page. */
export const field = (html: string, name: string): string => new RegExp(`name="${name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="${name}"`).exec(html)?.slice(1).find((value) => value !== undefined) ?? ''
