import type { Reporter, TestModule } from 'vitest/node';

/** Prints one plain closing line, `N passed, N failed, N skipped`, that any CI can read. */
// vitest loads reporters by their default export.
// oxlint-disable-next-line import/no-default-export
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      let inModule = 0;
      for (const test of module.children.allTests()) {
        count[test.result().state] += 1;
        inModule += 1;
      }
      // A file that failed to load has no tests, and still is a failure.
      if (inModule === 0 && module.state() === 'failed') count.failed += 1;
    }
    const { passed, failed, skipped, pending } = count;
    process.stdout.write(`\n${passed} passed, ${failed + pending} failed, ${skipped} skipped\n`);
  }
}
