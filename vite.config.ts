import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { existsSync, readFileSync } from 'node:fs'
import { defineConfig, type Plugin } from 'vite'

const at = (path: string) => new URL(path, import.meta.url).pathname

/** React Aria carries its words in thirty languages; we speak two (29 kB gz less for a menu, measured). */
const ourLanguagesOnly = (): Plugin => ({
  name: 'our-languages-only',
  enforce: 'pre',
  load(id) {
    const tag = /react-aria(?:-components)?\/.*\/intl\/(?:.*\/)?([a-z]{2}-[A-Z]{2})\.m?js$/.exec(id)?.[1]
    return tag === undefined || tag === 'en-US' || tag === 'it-IT' ? null : 'export default {}'
  },
})

/** The human reading of the API, from our own server instead of somebody's CDN. */
const apiReference = (): Plugin => ({
  name: 'api-reference',
  generateBundle() {
    this.emitFile({
      type: 'asset',
      fileName: 'assets/api-reference.js',
      source: readFileSync(at('./node_modules/@scalar/api-reference/dist/browser/standalone.js')),
    })
  },
})

// Dialogs and the search for a zone carry React Aria with them and come when they are opened; words come with their screens.
const KIT =
  /\/web\/ui\/(?!dialog\.|zone-field)|\/web\/(?!.*dialog)[\w-]+\.tsx?$|\/lucide-react\/|\/intl-messageformat\/|\/core\/(?!locale\/words\/app-)/

/** The browser's half: the signed-in app, and the small script that lifts the visitors' pages. */
export default defineConfig({
  root: at('./web/'),
  publicDir: false,
  // The server puts a fresh nonce in its place for every answer.
  html: { cspNonce: '%NONCE%' },
  cacheDir: at('./.cache/vite/'),
  plugins: [ourLanguagesOnly(), react(), tailwindcss(), apiReference()],
  build: {
    outDir: at('./dist/web/'),
    emptyOutDir: true,
    // The server finds the hashed names in dist/web/.vite/manifest.json.
    manifest: true,
    assetsInlineLimit: 1024,
    rolldownOptions: {
      input: {
        app: at('./web/index.html'),
        ...(existsSync(at('./web/public/island.ts')) ? { public: at('./web/public/island.ts') } : {}),
      },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        codeSplitting: {
          groups: [
            // What changes only when we change a version stays in the browser's cache across our own releases.
            { name: 'react', test: /node_modules\/(?:react|react-dom|scheduler)\//, priority: 3 },
            { name: 'tanstack', test: /node_modules\/@tanstack\//, priority: 2 },
            // One file instead of thirty of a few hundred bytes: what most screens are built of.
            { name: 'kit', test: KIT, minShareCount: 3, priority: 1 },
          ],
        },
      },
    },
  },
})
