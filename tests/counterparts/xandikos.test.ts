import { providerContract } from '#server/providers/contract.ts'
import { caldavPeculiarities, caldavSubject } from './caldav-subject.ts'
import { startXandikos } from './xandikos.ts'

providerContract('CalDAV with Xandikos', async () => caldavSubject(await startXandikos()))
caldavPeculiarities('Xandikos', () => startXandikos())
