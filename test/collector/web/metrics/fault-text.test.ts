import { expect, test } from 'vitest';
import type { Fault } from '../../../../src/collector/faults/faults.ts';
import { faultText } from '../../../../src/collector/web/metrics/fault-text.ts';

const fault = (over: Partial<Fault> = {}): Fault =>
  ({
    id: 'F-000001',
    device: 'web',
    rule: 'cpu',
    item: '',
    level: 2,
    severity: 'warning',
    state: 'open',
    ...over,
  }) as Fault;

test('without faults every count is there and zero', () => {
  const text = faultText([]);
  expect(text.match(/^watchkeeper_faults\{.*\} 0$/gm)).toHaveLength(16);
  expect(text).not.toContain('watchkeeper_fault_open');
});

test('open faults are counted by level and state, and listed', () => {
  const text = faultText([fault(), fault({ id: 'F-2', state: 'responded' }), fault({ id: 'F-3' })]);
  expect(text).toContain('watchkeeper_faults{level="2",state="open"} 2\n');
  expect(text).toContain('watchkeeper_faults{level="2",state="responded"} 1\n');
  expect(text).toContain(
    'watchkeeper_fault_open{fault="F-000001",device="web",rule="cpu",item="",level="2",severity="warning"} 1\n',
  );
});

test('names cannot forge a line', () => {
  const text = faultText([fault({ device: 'a"} 1\nfake_metric{x="', item: 'C:\\' })]);
  expect(text).toContain('device="a\\"} 1\\nfake_metric{x=\\""');
  expect(text).toContain('item="C:\\\\"');
  expect(text).not.toMatch(/^fake_metric/m);
});

test('the list is bounded and says what it leaves out', () => {
  const text = faultText(Array.from({ length: 5_003 }, (_, i) => fault({ id: `F-${i}` })));
  expect(text.match(/^watchkeeper_fault_open\{/gm)).toHaveLength(5_000);
  expect(text).toContain('watchkeeper_faults_unlisted 3\n');
});
