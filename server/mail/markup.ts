/** HTML that we wrote. Nothing else becomes HTML in a letter: every string put into it is encoded (I20). */
export class Markup {
  readonly html: string
  constructor(html: string) {
    this.html = html
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
export const encodeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)

type Part = string | number | Markup | Part[]
const rendered = (part: Part): string =>
  part instanceof Markup ? part.html : Array.isArray(part) ? part.map(rendered).join('') : encodeHtml(String(part))

/** markup`<p>${anything}</p>`: strings are encoded, markup and lists of it are kept. */
export const markup = (source: TemplateStringsArray, ...parts: Part[]): Markup =>
  new Markup(source.reduce((html, piece, index) => html + rendered(parts[index - 1]!) + piece))
