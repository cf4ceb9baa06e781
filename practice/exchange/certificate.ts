import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Certificate = {
  /** PEM. */
  ca: string
  key: string
  cert: string
  /** Where the authority's certificate lies, for programs that want a file. */
  caFile: string
  remove(): void
}

/** A private authority and a certificate it signed for this machine, made by openssl and good for a day. */
export function makeCertificate(names: string[] = ['localhost']): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'practice-exchange-'))
  const at = (file: string) => join(folder, file)
  const openssl = (...args: string[]) => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const key = (file: string) =>
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file)
  key('ca.key')
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    'ca.key',
    '-subj',
    '/CN=Practice authority',
    '-days',
    '1',
    '-out',
    'ca.pem',
  )
  key('key.pem')
  openssl('req', '-new', '-key', 'key.pem', '-subj', `/CN=${names[0]}`, '-out', 'request.pem')
  writeFileSync(
    at('names'),
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')},IP:127.0.0.1\nbasicConstraints=CA:FALSE\n`,
  )
  openssl(
    'x509',
    '-req',
    '-in',
    'request.pem',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '1',
    '-extfile',
    'names',
    '-out',
    'cert.pem',
  )
  const read = (file: string) => readFileSync(at(file), 'utf8')
  return {
    ca: read('ca.pem'),
    key: read('key.pem'),
    cert: read('cert.pem'),
    caFile: at('ca.pem'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
