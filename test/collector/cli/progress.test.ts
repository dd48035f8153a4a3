import { expect, test } from 'vitest';
import { progressBar } from '../../../src/collector/cli/progress.ts';
import { manualClock } from '../../support/manual-clock.ts';

function terminal(isTerminal = true) {
  const written: string[] = [];
  return { written, write: (text: string) => void written.push(text), isTerminal };
}

test('a terminal sees a bar that is redrawn ten times a second at most, and cleared', async () => {
  const clock = manualClock();
  const output = terminal();
  const bar = progressBar(output, clock);
  bar.show(1, 4, '1,000 rows');
  bar.show(2, 4, 'too soon');
  await clock.advance(100);
  bar.show(4, 4, 'done');
  bar.end();
  expect(output.written).toHaveLength(3);
  expect(output.written[0]).toBe(`\r[${'#'.repeat(8)}${'.'.repeat(22)}]  25 %  1,000 rows`);
  expect(output.written[1]?.trimEnd()).toBe(`\r[${'#'.repeat(30)}] 100 %  done`);
  expect(output.written[2]?.trim()).toBe('');
});

test('a total that is not known yet draws an empty bar', () => {
  const output = terminal();
  progressBar(output, manualClock()).show(5, 0, 'starting');
  expect(output.written[0]).toContain('  0 %');
});

test('a log sees nothing', () => {
  const output = terminal(false);
  const bar = progressBar(output, manualClock());
  bar.show(1, 2, 'x');
  bar.end();
  expect(output.written).toEqual([]);
});
