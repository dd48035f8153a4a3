/** After the test run: which tests were skipped and why, and the closing count, alone on a line. */
import type { Reporter, TestModule } from 'vitest/node';

export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const reasons = new Map<string, number>();
    for (const module of modules) {
      if (module.errors().length > 0) count.failed++;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'pending') continue;
        count[result.state]++;
        if (result.state !== 'skipped') continue;
        const why = result.note ?? 'skipped without a reason';
        reasons.set(why, (reasons.get(why) ?? 0) + 1);
      }
    }
    count.failed += errors.length;
    for (const [why, tests] of [...reasons].sort()) console.log(`skipped ${tests}: ${why}`);
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
