import { defineConfig, mergeConfig } from 'vite'
import server from './vite.server.config.ts'

const { build: _build, ...rest } = server

// The figures over HTTP need the whole server in one process with them.
export default mergeConfig(rest, defineConfig({ build: { ssr: true, outDir: 'dist/bench', target: 'node26', minify: false, rollupOptions: { input: { http: 'bench/http.ts', 'expand-worker-thread': 'server/providers/caldav/expand-worker-thread.ts' }, output: { entryFileNames: '[name].js' } } } }))
