export type Walker = {
  email: string
  /** Scopes whose box is left off. */ untick?: string[]
  cancel?: boolean
}

type Tag = { tag: string; attributes: Record<string, string> }
type Form = { method: string; action: string; tags: Tag[] }
type Step = { url: URL; body: URLSearchParams | null }

const plain = (text: string): string =>
  text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))

const tagsOf = (markup: string): Tag[] =>
  [...markup.matchAll(/<(\/?\w+)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*\/?>/g)].map((match) => ({
    tag: match[1]!,
    attributes: Object.fromEntries(
      [...match[2]!.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [
        name!,
        plain(value ?? ''),
      ]),
    ),
  }))

function formsOf(markup: string): Form[] {
  const forms: Form[] = []
  for (const tag of tagsOf(markup)) {
    const { method = 'get', action = '' } = tag.attributes
    if (tag.tag === 'form') forms.push({ method, action, tags: [] })
    else forms.at(-1)?.tags.push(tag)
  }
  return forms
}

/** Page after page: the account, the warning, the boxes and the button; all through the forms the pages really hold. */
export async function walk(address: URL, person: Walker): Promise<URL> {
  let step: Step = { url: address, body: null }
  for (let pages = 0; pages < 6; pages++) {
    const answer = await fetch(step.url, {
      redirect: 'manual',
      ...(step.body ? { method: 'POST', body: step.body } : {}),
    })
    const markup = await answer.text()
    if (answer.status === 302) return new URL(answer.headers.get('location')!)
    if (answer.status !== 200)
      throw new Error(`consent ended with ${answer.status}: ${/Error \d+: \w+/.exec(markup)?.[0] ?? ''}`)
    step = follow(formsOf(markup), step.url, person)
  }
  throw new Error('the pages of consent do not end')
}

function follow(forms: Form[], url: URL, person: Walker): Step {
  const wishes = [
    { name: 'account', value: person.email },
    { name: 'decision', value: person.cancel ? 'cancel' : 'allow' },
    { name: 'proceed', value: '1' },
  ]
  for (const { name, value } of wishes) {
    const form = forms.find(({ tags }) =>
      tags.some(
        ({ tag, attributes }) =>
          tag === 'button' && attributes['name'] === name && attributes['value'] === value,
      ),
    )
    if (!form) continue
    const fields = new URLSearchParams([...filledIn(form, person), [name, value]])
    const action = new URL(form.action, url)
    return form.method === 'post'
      ? { url: action, body: fields }
      : { url: new URL(`?${fields}`, action), body: null }
  }
  throw new Error(`no way on for ${person.email}`)
}

const filledIn = ({ tags }: Form, person: Walker): [string, string][] =>
  tags
    .filter(({ tag, attributes }) => {
      if (tag !== 'input') return false
      return attributes['type'] !== 'checkbox' || !person.untick?.includes(attributes['value']!)
    })
    .map(({ attributes }) => [attributes['name']!, attributes['value']!])
