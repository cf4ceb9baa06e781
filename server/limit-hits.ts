import type { Db } from '#server/platform/database.ts'

/** Counts one hit in the current window of a bucket, for all replicas together; old windows go by the way. */
export async function countHit(db: Db, bucket: string, windowSeconds: number): Promise<number> {
  const [row] = await db.prepared<{ hits: number }>(
    'count_hit',
    `with gone as (delete from rate_limits where ctid in (select ctid from rate_limits where window_start < now() - interval '2 days' limit 20))
     insert into rate_limits as r (bucket, window_start, hits) values ($1, to_timestamp(floor(extract(epoch from now()) / $2) * $2), 1)
     on conflict (bucket, window_start) do update set hits = r.hits + 1 returning hits`,
    [bucket, windowSeconds],
  )
  return row!.hits
}
