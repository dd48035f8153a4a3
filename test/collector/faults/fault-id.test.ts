import { describe, expect, it } from 'vitest';
import { formatFaultId, parseFaultId } from '../../../src/collector/faults/fault-id.ts';

describe('numbers of faults', () => {
  it.each([
    [1, 'F-000001'],
    [123, 'F-000123'],
    [1_234_567, 'F-1234567'],
  ])('%d is written %s and read back', (number, id) => {
    expect(formatFaultId(number)).toBe(id);
    expect(parseFaultId(id)).toBe(number);
  });

  it.each(['f-123', 'F-123', '123', ' F-000123 '])('%s is 123, as people say it', (id) => {
    expect(parseFaultId(id)).toBe(123);
  });

  it.each(['', 'F-', 'F-12x', '-1', '1.5', 'G-000123', "1' OR 1=1", '9'.repeat(40)])(
    '%j is no fault',
    (id) => {
      expect(() => parseFaultId(id)).toThrow(/there is no fault/);
    },
  );
});
