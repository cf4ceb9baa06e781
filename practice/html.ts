export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
const put = (value: unknown): string =>
  value instanceof Html
    ? value.text
    : Array.isArray(value)
      ? value.map(put).join('')
      : value === null || value === undefined || value === false
        ? ''
        : escape(String(value))

/** Whatever is put into it is escaped, unless it is Html already. */
export const html = (parts: TemplateStringsArray, ...values: unknown[]): Html =>
  new Html(parts.reduce((text, part, at) => text + put(values[at - 1]) + part))

const STYLE = new Html(`
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.15rem; margin-top: 2rem }
button, input, select { font: inherit; padding: .45rem .7rem; min-height: 2.75rem }
button { cursor: pointer } form { margin: .5rem 0 } label { margin-right: .75rem }
ul { padding: 0; list-style: none } li { margin: .75rem 0; padding: .75rem; border: 1px solid; border-radius: .5rem }
fieldset { border: 0; padding: 0; margin: .5rem 0 } .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end }
small { opacity: .8 } :focus-visible { outline: 3px solid; outline-offset: 2px }`)

export const document = (title: string, body: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          ${body}
          <p><small>Practice server: no real account is involved, nothing leaves this machine.</small></p>
        </main>
      </body>
    </html>`.text
