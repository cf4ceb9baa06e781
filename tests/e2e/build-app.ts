import { build } from 'vite'

/** Builds the web app as it is now into a folder of its own, so that a test never meets another build half done. */
export async function buildApp(): Promise<string> {
  const outDir = new URL('../../.cache/e2e/web/', import.meta.url).pathname
  await build({ configFile: new URL('../../vite.config.ts', import.meta.url).pathname, logLevel: 'error', build: { outDir, emptyOutDir: true } })
  return outDir
}
