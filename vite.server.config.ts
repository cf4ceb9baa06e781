import { defineConfig } from 'vite'

// One file that starts in a fifth of the time that stripping types takes; what must stay a file of its own is listed beside it.
export default defineConfig({
  build: {
    ssr: true,
    outDir: 'dist/server',
    emptyOutDir: true,
    target: 'node26',
    minify: false,
    sourcemap: true,
    rollupOptions: {
      input: { main: 'server/main.ts', 'expand-worker-thread': 'server/providers/caldav/expand-worker-thread.ts' },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true, external: ['pg-native', 'pino-pretty'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
})
