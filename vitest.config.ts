import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/server.ts'],
    setupFiles: ['test/support/quiet.ts'],
    include: ['test/**/*.test.{ts,tsx}'],
    // Two cores: a test file that waits for PostgreSQL leaves room for one more.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
