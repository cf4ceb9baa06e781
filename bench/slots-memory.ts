import { daysOf } from '#core/availability/days.ts'
import { findSlots } from '#core/availability/slots.ts'
import { fromPacked, hostB, packedHost, questionB } from './slots-cases.ts'

// Only what a server would hold: a thousand packed calendars, and ten requests of each kind over all of them.
const hosts = Array.from({ length: 1000 }, (_, i) => packedHost(hostB(i)))
let most = 0
for (let i = 0; i < 10; i++) {
  for (const assignment of ['round-robin', 'collective'] as const) {
    daysOf(findSlots(fromPacked({ question: questionB(assignment), hosts, viewer: '' })), 'America/New_York')
    most = Math.max(most, process.memoryUsage.rss())
  }
}
// Not maxRSS: on Linux a child starts with its parent's.
process.stdout.write(String(most))
