import { providerContract } from '#server/providers/contract.ts'
import { caldavSubject } from './caldav-subject.ts'
import { startRadicale } from './radicale.ts'

providerContract('CalDAV with Radicale', async () => caldavSubject(await startRadicale({ calendars: [], password: 'pass: wörd' })))
