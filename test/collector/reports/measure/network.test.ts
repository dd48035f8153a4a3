import { describe, expect, test } from 'vitest';
import type { SlotSeries } from '../../../../src/collector/indicators/indicators.ts';
import { monthsUntil } from '../../../../src/collector/reports/calendar.ts';
import { measureNetwork, totalTraffic } from '../../../../src/collector/reports/measure/network.ts';
import { seriesIndex } from '../../../../src/collector/reports/measure/series-index.ts';
import { reportWindow } from '../../../../src/collector/reports/measure/window.ts';
import { HOUR_MS } from '../../../../src/shared/units.ts';
import { policy } from '../support/cases.ts';
import { series } from '../support/fake-history.ts';

const POLICY = policy();
const window = reportWindow(monthsUntil('2026-03', 2, 'UTC'), 'UTC');
const { month } = window;

type Rate = (ms: number) => number;

function port(
  name: string,
  receive: Rate | null,
  transmit: Rate | null,
  speed = 100,
): SlotSeries[] {
  const own: SlotSeries[] = [];
  if (receive) own.push(series('network_receive_bytes_per_second', window, receive, name));
  if (transmit) own.push(series('network_transmit_bytes_per_second', window, transmit, name));
  if (speed > 0) own.push(series('network_speed_bytes_per_second', window, () => speed, name));
  return own;
}

const measure = (...slots: SlotSeries[][]) =>
  measureNetwork(seriesIndex(slots.flat(), window), window, { policy: POLICY, kind: 'link' });
const total = (...slots: SlotSeries[][]) =>
  totalTraffic(seriesIndex(slots.flat(), window), window, POLICY);

test('the busier direction of every slot counts', () => {
  const morning = (ms: number): boolean => (ms / HOUR_MS) % 24 < 12;
  const [item] = measure(
    port(
      'eth0',
      (ms) => (morning(ms) ? 80 : 10),
      (ms) => (morning(ms) ? 10 : 60),
    ),
  );
  expect(item?.measure.statistics.p50).toBeGreaterThanOrEqual(0.6);
  expect(item?.measure.statistics.max).toBeCloseTo(0.8, 9);
  expect(item?.measure.receive.max).toBe(80);
  expect(item?.measure.transmit.max).toBe(60);
  expect(item?.measure.busiest.p95).toBe(80);
});

test('busy hours are hours above 80 % of the speed', () => {
  const [item] = measure(port('eth0', (ms) => ((ms / HOUR_MS) % 24 < 2 ? 81 : 10), null));
  expect(item?.measure.busy).toMatchObject({ hours: 62, days: 31 });
});

test('one direction alone is enough', () => {
  const [item] = measure(port('eth0', null, () => 30));
  expect(item?.measure.statistics.p95).toBeCloseTo(0.3, 9);
  expect(item?.measure.receive.count).toBe(0);
});

test('without a speed the traffic is still told', () => {
  const [item] = measure(port('eth0', () => 30, null, 0));
  expect(item?.measure.speed).toBeNaN();
  expect(item?.measure.statistics.p95).toBeNaN();
  expect(item?.measure.busiest.p95).toBe(30);
  expect(item?.measure.quality.sizeKnown).toBe(false);
});

test('every month must be low before a line is called oversized', () => {
  const march = measure(port('a', (ms) => (ms < month.fromMs ? 50 : 5), null));
  expect(march[0]?.measure.monthsP95).toBeCloseTo(0.5, 9);
  const both = measure(port('a', () => 5, null));
  expect(both[0]?.measure.monthsP95).toBeCloseTo(0.05, 9);
  const unknown = measure(port('a', (ms) => (ms < month.fromMs ? NaN : 5), null));
  expect(unknown[0]?.measure.monthsP95).toBeNaN();
});

test('interfaces without traffic of their own are left out, the rest is in order', () => {
  const items = measure(
    port('eth1', () => 1, null),
    port('lo', () => 1, null),
    port('veth12', () => 1, null),
    port('eth0', () => 1, null),
  );
  expect(items.map(({ item }) => item)).toEqual(['eth0', 'eth1']);
});

test('errors are the P95 of their share', () => {
  const errors = series('network_errors_ratio', window, () => 0.002, 'eth0');
  const [item] = measure([...port('eth0', () => 1, null), errors]);
  expect(item?.measure.errorsRatio).toBe(0.002);
  expect(measure(port('eth0', () => 1, null))[0]?.measure.errorsRatio).toBeNaN();
});

describe('the traffic of a device', () => {
  test('is everything received and sent', () => {
    expect(
      total(
        port(
          'eth0',
          () => 10,
          () => 5,
        ),
        port(
          'eth1',
          () => 1,
          () => 2,
        ),
        port('lo', () => 99, null),
      ),
    ).toBe(18);
  });

  test('counts what is there when a direction is missing for a while', () => {
    expect(
      total(
        port(
          'eth0',
          (ms) => (ms % 600_000 === 0 ? NaN : 10),
          () => 5,
        ),
      ),
    ).toBe(15);
  });

  test('is unknown without interfaces', () => {
    expect(total()).toBeNaN();
  });
});
