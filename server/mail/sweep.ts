import type { Task } from '#server/platform/jobs.ts'
import { everyWorkspace } from '#server/platform/workspaces.ts'
import { sendLetter } from './send.ts'
import { abandonedLetters } from './store.ts'

/** Every minute: asks again for letters whose job was lost or whose sender was killed. The queue gives up on a job; a letter is never forgotten. */
export const sweepLettersTask: Task = {
  name: 'mail.sweep',
  cron: '* * * * *',
  async run(deps) {
    for (const workspaceId of await everyWorkspace(deps.db)) {
      const letters = await deps.db.inWorkspace(workspaceId, (tx) => abandonedLetters(tx, workspaceId, deps.now()))
      for (const letterId of letters) await deps.jobs.enqueue(null, sendLetter, { workspaceId, letterId })
    }
  },
}
