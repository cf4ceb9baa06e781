/** A piece of XML in which every text is already inert. */
export type Xml = { readonly markup: string }

/** Markup with values between it: texts are escaped, pieces of XML go in as they are. */
export const xml = (
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Xml | readonly Xml[])[]
): Xml => ({
  markup: parts.reduce((made, part, index) => made + markupOf(values[index - 1]!) + part),
})

function markupOf(value: string | number | Xml | readonly Xml[]): string {
  if (typeof value === 'object')
    return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
  return escapeXml(String(value))
}

export const nothing: Xml = { markup: '' }

/** Text inside an element or an attribute. What XML 1.0 cannot hold goes: Exchange refuses the whole request for one such character. */
export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '')
    .replace(/[&<>"'\r]/g, (mark) => `&#${mark.charCodeAt(0)};`)

const TYPES = 'http://schemas.microsoft.com/exchange/services/2006/types'
const MESSAGES = 'http://schemas.microsoft.com/exchange/services/2006/messages'

/** The oldest server we speak to, and the words we may use with every one. */
export const SPOKEN = 'Exchange2010_SP2'

/** The whole request. With `inUtc` the server is told to answer in UTC; only some operations take that header. */
export const envelope = (body: Xml, inUtc: boolean): string =>
  '<?xml version="1.0" encoding="utf-8"?>\n' +
  xml`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="${TYPES}" xmlns:m="${MESSAGES}"><s:Header><t:RequestServerVersion Version="${SPOKEN}"/>${
    inUtc ? UTC : nothing
  }</s:Header><s:Body>${body}</s:Body></s:Envelope>`.markup

const UTC = xml`<t:TimeZoneContext><t:TimeZoneDefinition Id="UTC"/></t:TimeZoneContext>`
