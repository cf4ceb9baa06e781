import { describe, expect, test } from 'vitest'
import { answer, envelope, scripted, soapFault } from '#tests/exchange-script.ts'
import type { Asked, Told } from '#tests/exchange-script.ts'
import { AccessRevoked, NotFound, Unreachable } from '../provider.ts'
import type { Session } from '../provider.ts'
import { envelopes, listen } from './stream.ts'

const said = (inside: string) =>
  envelope(
    `<m:GetStreamingEventsResponse xmlns:m="m" xmlns:t="t"><m:ResponseMessages><m:GetStreamingEventsResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>${inside}</m:GetStreamingEventsResponseMessage></m:ResponseMessages></m:GetStreamingEventsResponse>`,
  )
const OK = said('<m:ConnectionStatus>OK</m:ConnectionStatus>')
const CLOSED = said('<m:ConnectionStatus>Closed</m:ConnectionStatus>')
const event = (name: string) =>
  said(
    `<m:Notifications><m:Notification><t:SubscriptionId>sub</t:SubscriptionId><t:${name}><t:Watermark>w</t:Watermark></t:${name}></m:Notification></m:Notifications>`,
  )
const subscribed: Told = {
  ...(answer('Subscribe', '<m:SubscriptionId>sub</m:SubscriptionId>') as { text: string }),
  headers: { 'set-cookie': 'X-BackEndOverrideCookie=EX01~19; path=/; HttpOnly' },
}

/** Listens until as many connections were heard out as there are scripts for. */
async function heard(...open: Told[]): Promise<{ changes: number; asked: Asked[]; error: unknown }> {
  const stop = new AbortController()
  let changes = 0
  let left = [...open]
  const { session, asked } = scripted(({ operation }) => {
    if (operation === 'Subscribe') return subscribed
    const [next, ...rest] = left
    left = rest
    if (!next) {
      stop.abort()
      return { text: CLOSED }
    }
    return next
  })
  const error = await listen(session, 'F', () => changes++, stop.signal).catch((fault: unknown) => fault)
  return { changes, asked, error }
}

describe('streaming', () => {
  test('each change is told, a heartbeat is not; where the connection ends, the next goes on with the same promise', async () => {
    const { changes, asked } = await heard(
      { text: OK + event('CreatedEvent') + '\r\n' + event('StatusEvent') + event('ModifiedEvent') + CLOSED },
      { text: OK },
    )
    expect(changes).toBe(3) // one for what may have come before we listened
    expect(asked.map(({ operation }) => operation)).toEqual([
      'Subscribe',
      ...Array<string>(3).fill('GetStreamingEvents'),
    ])
    expect(asked[1]!.text).toContain('<t:SubscriptionId>sub</t:SubscriptionId>')
    expect(asked[1]!.headers.get('cookie')).toBe('X-BackEndOverrideCookie=EX01~19')
    expect(asked[1]!.headers.get('x-anchormailbox')).toBe('alice@example.test')
  })

  test.each(['ErrorSubscriptionNotFound', 'ErrorExpiredSubscription'])(
    '%s: promised anew, and what was missed counts as a change',
    async (code) => {
      const { changes, asked } = await heard(answer('GetStreamingEvents', { error: code }), {
        text: event('DeletedEvent'),
      })
      expect(asked.map(({ operation }) => operation)).toEqual([
        'Subscribe',
        'GetStreamingEvents',
        'Subscribe',
        'GetStreamingEvents',
        'GetStreamingEvents',
      ])
      expect(changes).toBe(3)
    },
  )

  test('B05 promises that are forgotten at once are not made for ever', async () => {
    const { error, asked } = await heard(
      ...Array<Told>(30).fill(answer('GetStreamingEvents', { error: 'ErrorSubscriptionNotFound' })),
    )
    expect(error).toMatchObject({ reason: 'bad-answer' })
    expect(asked.length).toBeLessThan(15)
  })

  test.each([
    [answer('GetStreamingEvents', { error: 'ErrorAccessDenied' }), Unreachable],
    [soapFault('ErrorPasswordExpired'), AccessRevoked],
    [{ text: '<html>Sign in</html>', headers: { 'content-type': 'text/html' } }, Unreachable],
    [{ text: 'x'.repeat(2_000_000) }, Unreachable],
  ] as [Told, new (...all: never[]) => Error][])(
    'what does not pass by itself is thrown',
    async (told, fault) => {
      expect((await heard(told)).error).toBeInstanceOf(fault)
    },
  )

  test('a calendar that is not there is said so', async () => {
    const { session } = scripted(() => answer('Subscribe', { error: 'ErrorFolderNotFound' }))
    await expect(listen(session, 'F', () => undefined, new AbortController().signal)).rejects.toThrow(
      NotFound,
    )
  })

  test('ends when told to, in the middle of an open answer', async () => {
    const stop = new AbortController()
    const { session } = scripted(() => subscribed)
    const inside: Session = {
      ...session,
      fetch: async (input, init) => {
        if (!String(init?.body).includes('GetStreamingEvents')) return session.fetch(input, init)
        const body = new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode(OK))
            init!.signal!.addEventListener('abort', () => controller.error(init!.signal!.reason))
          },
        })
        setTimeout(() => stop.abort(), 20)
        return new Response(body)
      },
    }
    await expect(listen(inside, 'F', () => undefined, stop.signal)).resolves.toBe(undefined)
  })
})

test('envelopes are cut where they end, however they come', async () => {
  const whole = new TextEncoder().encode(
    `${OK}${event('CreatedEvent').replaceAll('s:', 'soap:')}  ${said('<m:X>Grüße 🙂</m:X>')}`,
  )
  for (const size of [1, 7, 100_000]) {
    const parts = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
      whole.slice(i * size, (i + 1) * size),
    )
    const texts: string[] = []
    for await (const text of envelopes(new Response(inParts(parts)), 'x')) texts.push(text)
    expect(texts.filter((text) => text.includes('Envelope>'))).toHaveLength(3)
    expect(texts[2]).toContain('Grüße 🙂')
  }
})

const inParts = (parts: Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
