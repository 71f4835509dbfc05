import { defineConfig } from 'vitest/config';

/** Tests of patches to kafkajs, which look at it before they are applied. */
const ALONE = 'runtime/kafka/fixes/**/*.test.ts';

/** Months and experiments by the hundred, which hold promises about chance: in `npm test`, not in `npm run check`. */
const SIMULATIONS = [
  'core/alerts/{false,segment}-alarms.test.ts',
  'core/performance/coverage.test.ts',
  'core/experiment/false-winners.test.ts',
];

/**
 * `unit` and `unit-alone` need nothing but Node and run inside `npm run check`; `integration` brings up the embedded
 * stack once (on free ports) and runs against real Kafka, registry and ClickHouse engine.
 */
export default defineConfig({
  test: {
    reporters: ['default', './tools/closing-line-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{core,runtime,pipeline,services,cli,infra,bench,tools,schemas}/**/*.test.ts',
            'test/{faults,fuzz}/**/*.test.ts',
          ],
          exclude: [ALONE, ...SIMULATIONS],
          // Files share their modules: loading those anew for each file was half of the time.
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: { name: 'unit-alone', include: [ALONE], testTimeout: 20_000 },
      },
      {
        extends: true,
        test: { name: 'simulations', include: SIMULATIONS, isolate: false, testTimeout: 20_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          // On Python peers: `npm run test:peers`; on Prometheus and Alertmanager: `npm run test:monitoring`.
          exclude: ['test/peers/**', 'test/monitoring/**', 'test/{faults,fuzz}/**'],
          globalSetup: ['test/support/stack.ts'],
          // Two at a time, as on the smallest machine: most of their time is waiting for sessions and processes.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
