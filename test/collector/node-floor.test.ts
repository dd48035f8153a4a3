import { expect, test } from 'vitest';
import { nodeComplaint, nodeWarning } from '../../src/collector/node-floor.ts';

test.each(['20.20.2', '22.23.4', '24.22.1', '25.9.0'])('Node %s is refused with the mend', (v) => {
  expect(nodeComplaint(v)).toContain(`this is Node ${v}`);
  expect(nodeComplaint(v)).toContain('mend:');
});

test.each(['26.0.0', '26.10.0', '27.1.0'])('Node %s runs', (version) => {
  expect(nodeComplaint(version)).toBeNull();
});

test('releases before the mended one are warned about', () => {
  expect(nodeWarning('26.10.0')).toContain('26.12.1');
  expect(nodeWarning('26.12.0')).toContain('26.12.1');
  expect(nodeWarning('26.12.1')).toBeNull();
  expect(nodeWarning('26.13.0')).toBeNull();
  expect(nodeWarning('28.0.0')).toBeNull();
});
