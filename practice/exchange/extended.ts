import { Refused } from './reply.ts'
import { el, type Node, type Xml } from './xml.ts'

/**
 * An ExtendedFieldURI in one way of writing, such as `8d3c1c0e-…/name:ritrovo/String`: a set with a name or a number, or a tag, never
 * both (learn.microsoft.com/exchange/client-developer/web-service-reference/extendedfielduri).
 */
export function extendedField({ attributes }: Node): string {
  const {
    DistinguishedPropertySetId: known,
    PropertySetId: set,
    PropertyTag: tag,
    PropertyName: name,
    PropertyId: id,
    PropertyType: type,
  } = attributes
  const named =
    [known, set].filter((one) => one !== undefined).length === 1 &&
    [name, id].filter((one) => one !== undefined).length === 1
  const tagged = tag !== undefined && [known, set, name, id].every((one) => one === undefined)
  if (!tagged && (!named || tag !== undefined)) throw new Refused('ErrorInvalidExtendedProperty')
  if (tagged) return `tag:${Number(tag).toString(16)}/${type}`
  return `${set === undefined ? known : set.toLowerCase()}/${name === undefined ? `id:${id}` : `name:${name}`}/${type}`
}

export function extendedUri(field: string): Xml {
  const type = field.slice(field.lastIndexOf('/') + 1)
  const rest = field.slice(0, field.lastIndexOf('/'))
  if (rest.startsWith('tag:'))
    return el('t:ExtendedFieldURI', { PropertyTag: `0x${rest.slice(4)}`, PropertyType: type })
  const [, set, kind, what] = /^([^/]+)\/(name|id):(.*)$/s.exec(rest)!
  return el('t:ExtendedFieldURI', {
    [set!.includes('-') ? 'PropertySetId' : 'DistinguishedPropertySetId']: set,
    [kind === 'name' ? 'PropertyName' : 'PropertyId']: what,
    PropertyType: type,
  })
}

/** The field a path leads to: `calendar:Start`, or an extended one as above. */
export function pathOf(node: Node): { kind: 'field' | 'extended' | 'indexed'; field: string } {
  if (node.name === 'ExtendedFieldURI') return { kind: 'extended', field: extendedField(node) }
  if (node.name === 'FieldURI') return { kind: 'field', field: node.attributes['FieldURI']! }
  return { kind: 'indexed', field: `${node.attributes['FieldURI']}:${node.attributes['FieldIndex']}` }
}
