import type { Call } from './call.ts'
import { bad, good, respond } from './reply.ts'
import { child, el, type Xml } from './xml.ts'

/** Whose name or address begins with what was asked for: learn.microsoft.com/exchange/client-developer/web-service-reference/resolvenames-operation */
export function resolveNames({ store, body }: Call): Xml {
  const asked = child(body, 'UnresolvedEntry')!
    .text.toLowerCase()
    .replace(/^smtp:/, '')
  const found = [...store.people.values()].filter(({ name, email, user }) =>
    [name, email, user].some((one) => one.toLowerCase().startsWith(asked)),
  )
  if (found.length === 0)
    return respond(
      'ResolveNames',
      bad('ResolveNames', { code: 'ErrorNameResolutionNoResults', text: 'No results were found.' }),
    )
  const resolutions = found
    .slice(0, 100)
    .map((one) =>
      el(
        't:Resolution',
        null,
        el(
          't:Mailbox',
          null,
          el('t:Name', null, one.name),
          el('t:EmailAddress', null, one.email),
          el('t:RoutingType', null, 'SMTP'),
          el('t:MailboxType', null, 'Mailbox'),
        ),
      ),
    )
  return respond(
    'ResolveNames',
    good(
      'ResolveNames',
      el(
        'm:ResolutionSet',
        { TotalItemsInView: found.length, IncludesLastItemInRange: found.length <= 100 },
        resolutions,
      ),
    ),
  )
}
