import { defineConfig } from 'vitest/config';

/** Tests against Python peers, each of which starts its own server. */
export default defineConfig({
  test: {
    name: 'peers',
    root: '.',
    include: ['test/peers/**/*.test.ts'],
    reporters: ['default', './tools/closing-line-reporter.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
