import { providerContract } from '#server/providers/contract.ts'
import { caldavSubject } from './caldav-subject.ts'
import { startXandikos } from './xandikos.ts'

providerContract('CalDAV with Xandikos', async () => caldavSubject(await startXandikos()))
