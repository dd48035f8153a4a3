import { expect, test } from 'vitest';
import { latestSeriesText } from '../../../../src/collector/web/metrics/device-text.ts';
import { makeLabels } from '../../../../src/shared/sample.ts';

const T = 1_700_000_000_000;

function storeOf(rows: readonly (readonly [Record<string, string>, number, number])[]) {
  return {
    seriesOf: () =>
      rows.map(([labels], series) => ({ series, labels: makeLabels(Object.entries(labels)) })),
    latest: {
      times: Float64Array.from(rows.map(([, time]) => time)),
      values: Float64Array.from(rows.map(([, , value]) => value)),
    },
    newest: () => Math.max(...rows.map(([, time]) => time)),
  };
}

test('series under their own names with their times, grouped, without instance', () => {
  const text = latestSeriesText(
    storeOf([
      [{ __name__: 'node_load1', instance: 'web', job: 'node' }, T, 1.5],
      [{ __name__: 'node_cpu_seconds_total', instance: 'web', cpu: '0' }, T - 5, 10],
      [{ __name__: 'node_cpu_seconds_total', instance: 'web', cpu: '1' }, T - 5, 11],
    ]),
    'web',
  );
  expect(text).toBe(`# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0"} 10 ${T - 5}
node_cpu_seconds_total{cpu="1"} 11 ${T - 5}
# TYPE node_load1 untyped
node_load1{job="node"} 1.5 ${T}
`);
});

test('what the device stopped sending, never sent or cannot say is left out', () => {
  const text = latestSeriesText(
    storeOf([
      [{ __name__: 'now' }, T, 1],
      [{ __name__: 'gone' }, T - 300_001, 1],
      [{ __name__: 'never' }, 0, 0],
      [{ __name__: 'unknown' }, T, Number.NaN],
    ]),
    'web',
  );
  expect(text).toBe(`# TYPE now untyped\nnow 1 ${T}\n`);
});
