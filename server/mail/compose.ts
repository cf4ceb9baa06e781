import type { Locale } from '#core/locale/locale.ts'
import { markup, type Markup } from './markup.ts'
import { unlinked } from './plain.ts'

export type Action = { label: string; url: string; weight?: 'main' | 'plain' }

/** The parts of a letter, in the reader's language. All of it is text: nothing here can become markup or a link except `url`. */
export type LetterParts = {
  /** What a mail program shows beside the subject. */
  preheader: string
  heading: string
  lines: string[]
  /** The time two people share, one reading of the clock a line. */
  when?: string[]
  facts: { label: string; value: string; url?: string | undefined }[]
  /** The first is the main one unless they say otherwise. */
  actions: Action[]
  footer: string
}

// ux.md §4.4. Mail programs know no variables, so each is written where it is used; `dark` goes through classes.
const LIGHT = { ground: '#FBFAF7', paper: '#FFFFFF', text: '#1B211E', muted: '#565D58', line: '#DEDACF', main: '#17624F', onMain: '#FFFFFF', shared: '#F2B33D' }
const DARK = { ground: '#0F1513', paper: '#161D1A', text: '#ECF0ED', muted: '#A9B4AE', line: '#2B3531', main: '#6FCBAE', onMain: '#06231A', shared: '#F5C463' }
const FONT = `-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif`

/** The same facts twice: as HTML that every mail program can show and as plain text. */
export function composeLetter(locale: Locale, parts: LetterParts): { html: string; text: string } {
  const quiet = dead(parts)
  return { html: asHtml(locale, quiet).html, text: asText(quiet) }
}

/** User text may stand in any part, so no part may look like a link to a mail program; only what carries a `url` is one. */
const dead = (parts: LetterParts): LetterParts => ({
  preheader: unlinked(parts.preheader),
  heading: unlinked(parts.heading),
  lines: parts.lines.map(unlinked),
  when: (parts.when ?? []).map(unlinked),
  facts: parts.facts.map(({ label, value, url }) => ({ label: unlinked(label), value: url ? value : unlinked(value), url: url && allowed(url) })),
  actions: parts.actions.map((action, index) => ({ weight: index === 0 ? 'main' : 'plain', ...action, label: unlinked(action.label), url: allowed(action.url) })),
  footer: unlinked(parts.footer),
})

function allowed(url: string): string {
  if (/[\s<>"]/.test(url) || !['https:', 'http:', 'mailto:', 'tel:'].includes(URL.parse(url)?.protocol ?? '')) throw new Error('a letter was given something that is not an address as a link')
  return url
}

function asText({ heading, lines, when, facts, actions, footer }: LetterParts): string {
  // A mailto: or tel: adds nothing to the address beside it.
  const told = facts.map(({ label, value, url }) => `${label}${/[?!:.]$/.test(label) ? '' : ':'} ${value.replaceAll('\n', '\n  ')}${url && /^https?:/.test(url) && url !== value ? `\n  ${url}` : ''}`)
  const blocks = [heading, ...lines, when!.join('\n'), told.join('\n'), ...actions.map(({ label, url }) => `${label}:\n${url}`), `—\n${footer}`]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function asHtml(locale: Locale, { preheader, heading, lines, when, facts, actions, footer }: LetterParts): Markup {
  const c = LIGHT
  const text = `font-family:${FONT};font-size:16px;line-height:24px;color:${c.text}`
  return markup`<!doctype html>
<html lang="${locale}" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no"><title>${heading}</title>
<style>@media (prefers-color-scheme:dark){.ground{background-color:${DARK.ground}!important}.paper{background-color:${DARK.paper}!important;border-color:${DARK.line}!important}.text{color:${DARK.text}!important}.muted{color:${DARK.muted}!important}.line{border-color:${DARK.line}!important}.link{color:${DARK.main}!important}.main{background-color:${DARK.main}!important}.on-main{color:${DARK.onMain}!important}.shared{border-color:${DARK.shared}!important}}</style></head>
<body class="ground" style="margin:0;padding:0;background-color:${c.ground}">
<div style="display:none;font-size:1px;line-height:1px;max-height:0;overflow:hidden;color:${c.ground}">${preheader}</div>
<table role="presentation" class="ground" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="${c.ground}" style="background-color:${c.ground}"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="paper" width="600" cellpadding="0" cellspacing="0" border="0" bgcolor="${c.paper}" style="width:100%;max-width:600px;background-color:${c.paper};border:1px solid ${c.line};border-radius:10px"><tr><td style="padding:28px 24px">
<h1 class="text" style="margin:0 0 16px;${text};font-size:24px;line-height:30px;font-weight:650">${heading}</h1>
${lines.map((line) => markup`<p class="text" style="margin:0 0 16px;${text}">${broken(line)}</p>
`)}${when!.length === 0 ? '' : timeBlock(when!, text)}${facts.length === 0 ? '' : factTable(facts, text)}${actions.map(button)}</td></tr></table>
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px"><tr><td class="muted" style="padding:16px 24px 0;font-family:${FONT};font-size:13px;line-height:19px;color:${c.muted}">${broken(footer)}</td></tr></table>
</td></tr></table>
</body></html>
`
}

const broken = (text: string): Markup[] => text.split('\n').map((line, index) => (index === 0 ? markup`${line}` : markup`<br>${line}`))

const timeBlock = ([first, ...rest]: string[], text: string): Markup => markup`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px"><tr><td class="shared text" style="border-left:4px solid ${LIGHT.shared};padding:2px 0 2px 14px;${text}"><strong style="font-weight:650">${first!}</strong>${rest.map((line) => markup`<br><span class="muted" style="color:${LIGHT.muted};font-size:14px">${line}</span>`)}</td></tr></table>
`

const factTable = (facts: LetterParts['facts'], text: string): Markup => markup`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px">${facts.map(
  ({ label, value, url }) => markup`<tr><td class="muted line" width="96" valign="top" style="width:96px;padding:8px 12px 8px 0;border-top:1px solid ${LIGHT.line};font-family:${FONT};font-size:14px;line-height:22px;color:${LIGHT.muted}">${label}</td><td class="text line" valign="top" style="padding:8px 0;border-top:1px solid ${LIGHT.line};${text};font-size:15px;line-height:22px;word-break:break-word">${url ? markup`<a class="link" href="${url}" style="color:${LIGHT.main}">${value}</a>` : broken(value)}</td></tr>`,
)}</table>
`

const button = ({ label, url, weight }: Action): Markup =>
  weight === 'main'
    ? markup`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 12px"><tr><td class="main" bgcolor="${LIGHT.main}" style="background-color:${LIGHT.main};border-radius:6px;padding:12px 20px"><a class="on-main" href="${url}" style="display:block;font-family:${FONT};font-size:16px;line-height:20px;font-weight:600;color:${LIGHT.onMain};text-decoration:none">${label}</a></td></tr></table>
`
    : markup`<p style="margin:0 0 12px;font-family:${FONT};font-size:16px;line-height:24px"><a class="link" href="${url}" style="color:${LIGHT.main}">${label}</a></p>
`
