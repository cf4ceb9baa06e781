import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { needs } from './started.ts'

export type SeenEvent = { uid: string; summary: string; start: string; end: string; status: string; sequence: number; attendees: string[] }

const PROGRAM = `
import sys, json, caldav, icalendar
url, user, password = sys.argv[1:4]
client = caldav.DAVClient(url=url, username=user, password=password)
seen = []
for calendar in client.principal().calendars():
    for event in calendar.events():
        for part in icalendar.Calendar.from_ical(event.data).walk('VEVENT'):
            attendees = part.get('attendee', [])
            attendees = attendees if isinstance(attendees, list) else [attendees]
            from datetime import timezone
            utc = lambda p: p.dt.astimezone(timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ') if hasattr(p.dt, 'hour') else str(p.dt)
            seen.append(dict(uid=str(part.get('uid')), summary=str(part.get('summary', '')), start=utc(part['dtstart']), end=utc(part['dtend']) if 'dtend' in part else '', status=str(part.get('status', '')), sequence=int(part.get('sequence', 0)), attendees=[str(a) for a in attendees]))
print(json.dumps(seen))
`

/** What an independent client (Debian's python3-caldav with python3-icalendar) sees in every calendar of an account. */
export async function readWithPython({ url, user, password }: { url: string; user: string; password: string }): Promise<SeenEvent[]> {
  needs('/usr/lib/python3/dist-packages/caldav/__init__.py', 'python3-caldav')
  needs('/usr/lib/python3/dist-packages/icalendar/__init__.py', 'python3-icalendar')
  const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', PROGRAM, url, user, password], { timeout: 30_000 })
  return JSON.parse(stdout) as SeenEvent[]
}
