const FORM = /action="([^"]+)"[^>]*>\s*<input type="hidden" name="request" value="([^"]+)"/

/** Goes through the pages of a sign-in as a person would, by their forms; the answer is where the browser is sent in the end. */
export async function walk(authorizeUrl: string | URL, account: string, answer: 'yes' | 'no'): Promise<URL> {
  let step = await fetch(authorizeUrl, { redirect: 'manual' })
  for (const choice of [{ account }, { answer }]) {
    if (step.status === 302) return new URL(step.headers.get('location')!)
    const page = await step.text()
    const [, action, request] = FORM.exec(page) ?? []
    if (!action)
      throw new Error(
        `no way on from this page: ${page
          .replace(/<[^>]+>/g, ' ')
          .replace(/\s+/g, ' ')
          .slice(0, 300)}`,
      )
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    step = await fetch(new URL(action, authorizeUrl), {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: new URLSearchParams({ request: request!, ...choice } as Record<string, string>),
    })
  }
  if (step.status !== 302) throw new Error(`the sign-in ended with ${step.status}`)
  return new URL(step.headers.get('location')!)
}
