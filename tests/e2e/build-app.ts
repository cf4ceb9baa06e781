import { build } from 'vite'

/** Builds the web app as it is now into a folder of its own, so that a test never meets another build half done. */
export async function buildApp(): Promise<string> {
  const outDir = new URL('../../.cache/e2e/web/', import.meta.url).pathname
  // The test runner says "test" here, and React would come with its development half.
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    await build({
      configFile: new URL('../../vite.config.ts', import.meta.url).pathname,
      logLevel: 'error',
      build: { outDir, emptyOutDir: true },
    })
  } finally {
    process.env['NODE_ENV'] = before
  }
  return outDir
}
