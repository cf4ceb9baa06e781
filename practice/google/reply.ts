/** What goes back over the wire: an object as JSON, a Markup as a page, nothing as nothing. */
export type Reply = { status: number; headers?: Record<string, string>; body?: unknown }

export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const escaped = (value: unknown): string =>
  value instanceof Markup
    ? value.text
    : Array.isArray(value)
      ? value.map(escaped).join('')
      : value === null || value === undefined || value === false
        ? ''
        : String(value).replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

export const html = (strings: TemplateStringsArray, ...values: unknown[]): Markup =>
  new Markup(
    strings.map((string, index) => string + (index < values.length ? escaped(values[index]) : '')).join(''),
  )

const STYLE = new Markup(`<style>
:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere;max-width:44rem;margin:2rem auto;padding:0 1rem}
input,button,select{font:inherit;padding:.4rem .6rem}button{cursor:pointer;min-height:2.75rem}fieldset,article{margin:1rem 0;padding:1rem;border:1px solid;border-radius:.5rem}
form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:.5rem 0}label{display:block}form.tall{flex-direction:column;align-items:start}
</style>`)

export const page = (title: string, body: Markup, status = 200): Reply => ({
  status,
  body: html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title} · practice Google</title>
        ${STYLE}
      </head>
      <body>
        <header><p>Practice Google: nothing here leaves this machine.</p></header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`,
})

export const redirect = (address: string | URL, status = 302): Reply => ({
  status,
  headers: { location: String(address), 'cache-control': 'no-store' },
})
