/** One request as it would have gone out. */
export type Sent = {
  method: string
  url: URL
  headers: Headers
  redirect: RequestRedirect
  body: Record<string, unknown>
}
export type Reply = { status?: number; headers?: Record<string, string>; body?: unknown } | Error

export type Script = { fetch: typeof fetch; sent: Sent[] }

/** A line to a server that says what the test tells it to: a text goes out as it is, everything else as JSON. */
export function scripted(answer: (request: Sent, turn: number) => Reply): Script {
  const sent: Sent[] = []
  const fetching: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const text = await request.text()
    const one: Sent = {
      method: request.method,
      url: new URL(request.url),
      headers: request.headers,
      redirect: request.redirect,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    }
    sent.push(one)
    const reply = answer(one, sent.length - 1)
    if (reply instanceof Error) throw reply
    const { status = 200, headers = {}, body } = reply
    const content = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    return new Response(content, { status, headers: { 'content-type': 'application/json', ...headers } })
  }
  return { fetch: fetching, sent }
}

/** The same answers one after the other; the last one again and again. */
export const inTurn = (...replies: Reply[]): Script =>
  scripted((_, turn) => replies[Math.min(turn, replies.length - 1)]!)
