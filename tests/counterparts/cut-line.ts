import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export type CutLine = {
  port: number
  /** What befalls the COMMIT of the next transaction that ran this statement: the line breaks before the server hears it, or before its answer comes back. */
  cutNext(statement: string, when: When): void
  cuts: { before: number; after: number }
  stop(): Promise<void>
}

type When = 'before' | 'after'

const COMMIT = Buffer.from('commit\0')

/** Stands between us and a PostgreSQL that listens on a unix socket in `folder`. */
export async function startCutLine(folder: string): Promise<CutLine> {
  const cuts = { before: 0, after: 0 }
  const open = new Set<Socket>()
  let next: { statement: string; when: When } | null = null
  const server = createServer((client) => {
    const upstream = connect(`${folder}/.s.PGSQL.5432`)
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => undefined).on('close', () => open.delete(socket))
    }
    upstream.pipe(client)
    upstream.on('close', () => client.destroy())
    client.on('close', () => upstream.end())
    let meant = false
    client.on('data', (chunk: Buffer) => {
      meant ||= next !== null && chunk.includes(`\0${next.statement}\0`)
      const when = meant && next !== null && chunk.includes(COMMIT) ? next.when : null
      if (when !== 'before') upstream.write(chunk)
      if (chunk.includes(COMMIT)) meant = false
      if (when === null) return
      next = null
      cuts[when]++
      client.destroy()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as AddressInfo).port,
    cutNext: (statement, when) => (next = { statement, when }),
    cuts,
    stop: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const socket of open) socket.destroy()
      }),
  }
}
