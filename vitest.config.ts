import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/server.ts'],
    setupFiles: ['test/support/each-file.ts'],
    include: ['test/**/*.test.{ts,tsx}'],
    // Loading the service anew for each of 300 files takes a seventh of the whole run.
    isolate: false,
    // Two cores: a test file that waits for PostgreSQL leaves room for one more.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
