import { defineConfig } from 'vitest/config'

const DATABASE = ['tests/journeys/**/*.test.ts', 'tests/faults/database/**/*.test.ts']

const GALLERY = ['tests/e2e/app-screens.test.ts', 'tests/e2e/public-pages.test.ts']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'house',
          include: ['core/**/*.test.ts', 'server/**/*.test.{ts,tsx}', 'web/**/*.test.{ts,tsx}', 'practice/**/*.test.ts', 'tests/**/*.test.ts'],
          exclude: [...DATABASE, 'tests/e2e/**', 'tests/contracts/**', 'node_modules/**', 'dist/**'],
          globalSetup: ['tests/cluster-18.ts'],
        },
      },
      { extends: true, test: { name: 'postgres-18', include: DATABASE, globalSetup: ['tests/cluster-18.ts'] } },
      { extends: true, test: { name: 'postgres-15', include: DATABASE, globalSetup: ['tests/cluster-15.ts'] } },
      // A browser on a busy machine may miss a moment: what fails twice fails.
      { extends: true, test: { name: 'browser', retry: 1, include: ['tests/e2e/**/*.test.ts'], exclude: GALLERY, testTimeout: 180_000 } },
      // Every state of every screen in every look: minutes of pictures, for whoever changed a screen.
      { extends: true, test: { name: 'gallery', include: GALLERY, testTimeout: 180_000, fileParallelism: false } },
      { extends: true, test: { name: 'contracts', include: ['tests/contracts/**/*.test.ts'] } },
    ],
  },
})
