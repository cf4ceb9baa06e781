import { fromKysely, PgBoss, type Job } from 'pg-boss'
import type { DatabaseAddress, Tx } from './database.ts'
import type { Deps } from './deps.ts'
import type { Log } from './log.ts'

/** A verb that may run later. Safe to run twice: the queue delivers, the verb decides whether there is anything left to do. */
export type Task<Payload extends object = object> = {
  name: string
  /** Jobs with the same key that still wait become one: forty pushes, one sync. */
  key?: (payload: Payload) => string
  /** A cron line in UTC for tasks that nobody asks for. */
  cron?: string
  /** How many may run side by side in one process. */
  width?: number
  /** Wakes a worker at once instead of at its next look: only where a person waits for the effect. */
  notify?: boolean
  /** Seconds until a silent run is given to somebody else. */
  expires?: number
  run(deps: Deps, payload: Payload): Promise<void>
}

export type Jobs = {
  /** Asks for one run inside the caller's transaction, or at once without one; `after` is seconds from now. */
  enqueue<Payload extends object>(tx: Tx | null, task: Pick<Task<Payload>, 'name' | 'key'>, payload: Payload, options?: { after?: number }): Promise<void>
  /** Begins to work on these tasks until `stop`. */
  work(deps: Deps, tasks: Task<never>[]): Promise<void>
  stop(): Promise<void>
}

const TRIES = 8

/** pg-boss in its own schema, on the same database; `tasks` are known from the start so that a web process can enqueue what a worker runs. */
export async function startJobs(address: DatabaseAddress, tasks: Task<never>[], log: Log): Promise<Jobs> {
  const boss = new PgBoss({ ...address, schema: 'pgboss', max: 4, application_name: 'ritrovo-jobs', useListenNotify: true })
  boss.on('error', (error: Error) => log.error({ err: error }, 'queue'))
  await boss.start()
  const known = new Set((await boss.getQueues()).map((queue) => queue.name))
  for (const task of tasks) {
    if (known.has(task.name)) continue
    await boss.createQueue(task.name, {
      // `short` keeps at most one waiting job per key; one more may wait while one runs, so no knock is lost.
      policy: task.key ? 'short' : 'standard',
      retryLimit: TRIES,
      retryDelay: 2,
      retryBackoff: true,
      retryDelayMax: 900,
      expireInSeconds: task.expires ?? 120,
      deleteAfterSeconds: 86_400,
      notify: task.notify ?? false,
    })
  }
  await boss.getDb().executeSql(
    `do $$ begin if exists (select from pg_roles where rolname = 'ritrovo_app') then
       grant usage on schema pgboss to ritrovo_app;
       grant select, insert, update, delete on all tables in schema pgboss to ritrovo_app;
       grant execute on all functions in schema pgboss to ritrovo_app;
     end if; end $$`,
    [],
  )
  const openLane = async (deps: Deps, task: Task): Promise<void> => {
    let lane = ''
    lane = await boss.work(task.name, { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 2, batchSize: 1 }, async ([job]: Job<object>[]) => {
      if (!job) return
      // Where one job was, the next may be: it is fetched at once, not at the next look a second later.
      boss.notifyWorker(lane)
      try {
        await task.run(deps, job.data)
      } catch (error) {
        log.warn({ err: error, task: task.name, job: job.id }, 'job failed; the queue tries again')
        throw error
      }
    })
  }
  return {
    async enqueue(tx, task, payload, options) {
      await boss.send(task.name, payload, {
        ...(task.key ? { singletonKey: task.key(payload) } : {}),
        ...(options?.after ? { startAfter: options.after } : {}),
        ...(tx ? { db: fromKysely(tx) } : {}),
      })
    },
    async work(deps, list) {
      for (const task of list as Task[]) {
        for (let lane = 0; lane < (task.width ?? 1); lane++) await openLane(deps, task)
        if (task.cron) await boss.schedule(task.name, task.cron, {})
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: 15_000 }),
  }
}
