import { chromium, type Browser } from 'playwright-core'

/** Debian's Chromium; as root it cannot have its sandbox. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
