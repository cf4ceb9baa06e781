import { attribute, child, childrenOf, textAt } from './parse.ts'
import type { Element } from './parse.ts'
import { xml } from './soap.ts'
import type { Xml } from './soap.ts'

// A named property, which goes wherever the event goes; ids do not (B19).
const SET = '8d3c1c0e-3f0a-4d57-9f3e-5a1f2c7b9e11'
/** Our private mark on an event: the UID it was written under. */
export const MARK = 'ritrovo'
/** Fingerprints of the words we wrote, so that an update knows which of them the host has since rewritten. */
export const WROTE = 'ritrovo-wrote'

export const markUri = (name: string): Xml =>
  xml`<t:ExtendedFieldURI PropertySetId="${SET}" PropertyName="${name}" PropertyType="String"/>`

export const writeMark = (name: string, value: string): Xml =>
  xml`<t:ExtendedProperty>${markUri(name)}<t:Value>${value}</t:Value></t:ExtendedProperty>`

/** Only events with our mark for this UID. */
export const markedWith = (uid: string): Xml =>
  xml`<m:Restriction><t:IsEqualTo>${markUri(MARK)}<t:FieldURIOrConstant><t:Constant Value="${uid}"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>`

/** One of our marks on an item; GUIDs come back in whatever case the server likes. */
export function markIn(item: Element, name: string): string | null {
  const found = childrenOf(item, 'ExtendedProperty').find((each) => {
    const uri = child(each, 'ExtendedFieldURI')
    return attribute(uri, 'PropertySetId').toLowerCase() === SET && attribute(uri, 'PropertyName') === name
  })
  const value = textAt(found ?? null, 'Value')
  return value === '' ? null : value
}
