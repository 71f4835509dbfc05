import { defineConfig } from 'vitest/config';

/** Tests with the real Prometheus and Alertmanager, on an embedded stack that is started once. */
export default defineConfig({
  test: {
    name: 'monitoring',
    root: '.',
    include: ['test/monitoring/**/*.test.ts'],
    globalSetup: ['test/support/stack.ts'],
    reporters: ['default', './tools/closing-line-reporter.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
