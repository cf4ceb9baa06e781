import { providerContract } from '#server/providers/contract.ts'
import { caldavSubject } from './caldav-subject.ts'
import { startCyrus } from './cyrus.ts'

providerContract('CalDAV with Cyrus', async () => caldavSubject(await startCyrus()))
