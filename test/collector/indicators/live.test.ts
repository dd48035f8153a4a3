import { describe, expect, test } from 'vitest';
import {
  type LiveIndicators,
  openLiveIndicators,
} from '../../../src/collector/indicators/indicators.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { DAY, HOUR, MINUTE, STEP, sample, samples, scrape } from './samples.ts';

/** `indicator{item}` → value, of one device. */
function figures(live: LiveIndicators, device = 'host'): Record<string, number> {
  return Object.fromEntries(
    live
      .of(device)
      .map(({ indicator, item, value }) => [
        item === '' ? indicator : `${indicator}{${item}}`,
        value,
      ]),
  );
}

function open() {
  const store = memoryStore();
  return { store, live: openLiveIndicators(store) };
}

const MEMORY = ['node_memory_MemTotal_bytes', 'node_memory_MemAvailable_bytes'] as const;

describe('a small host', () => {
  test('becomes the indicators one can work out by hand', async () => {
    const { store, live } = open();
    await store.add(scrape('small-host-1', DAY));
    live.update();
    await store.add(scrape('small-host-2', DAY + STEP));
    live.update();
    const expected: Record<string, number> = {
      cpu_used_ratio: 5.5 / 30,
      cpu_cores: 2,
      cpu_iowait_ratio: 0.5 / 30,
      cpu_steal_ratio: 0.25 / 30,
      load1: 0.42,
      memory_used_bytes: 3 * 2 ** 30,
      memory_size_bytes: 8 * 2 ** 30,
      swap_used_bytes: 2 ** 20,
      swap_size_bytes: 2 * 2 ** 30,
      oom_kills_total: 2,
      'filesystem_used_bytes{/}': 12 * 2 ** 30,
      'filesystem_used_bytes{/data}': 50 * 2 ** 30,
      'filesystem_used_bytes{/tmp}': 2 ** 28,
      'filesystem_size_bytes{/}': 20 * 2 ** 30,
      'filesystem_size_bytes{/data}': 100 * 2 ** 30,
      'filesystem_size_bytes{/tmp}': 2 ** 30,
      'filesystem_inodes_used_ratio{/}': 0.05,
      'filesystem_inodes_used_ratio{/data}': 100 / 52_428_800,
      'filesystem_inodes_used_ratio{/tmp}': 0,
      'filesystem_readonly{/}': 0,
      'filesystem_readonly{/data}': 1,
      'filesystem_readonly{/tmp}': 0,
      'disk_busy_ratio{vda}': 0.25,
      'disk_read_bytes_per_second{vda}': 102_400,
      'disk_written_bytes_per_second{vda}': 20_480,
      'network_receive_bytes_per_second{eth0}': 1_000_000,
      'network_receive_bytes_per_second{eth1}': 0,
      'network_transmit_bytes_per_second{eth0}': 100_000,
      'network_transmit_bytes_per_second{eth1}': 0,
      'network_speed_bytes_per_second{eth0}': 125_000_000,
      'network_errors_ratio{eth0}': 0.01,
      'interface_up{eth0}': 1,
      'interface_up{eth1}': 0,
      'temperature_celsius{platform_coretemp_0/temp1}': 45.5,
      'temperature_celsius{pci0000:00_0000:00:18_3/temp1}': 38.25,
      uptime_seconds: 3 * 86_400 + 15,
      clock_offset_seconds: 0.00012,
    };
    const got = figures(live);
    expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) {
      expect(got[name], name).toBeCloseTo(value, 9);
    }
  });

  test('has levels at once and rates from the second scrape on', async () => {
    const { store, live } = open();
    await store.add(scrape('small-host-1', DAY));
    const first = live.update().map(({ indicator }) => indicator);
    expect(first).toContain('memory_used_bytes');
    expect(first).not.toContain('cpu_used_ratio');
    await store.add(scrape('small-host-2', DAY + STEP));
    const second = live.update();
    expect(second.map(({ indicator }) => indicator)).toContain('cpu_used_ratio');
    expect(new Set(second.map(({ timeMs }) => timeMs))).toEqual(new Set([DAY + STEP]));
  });
});

describe('update', () => {
  test('returns only what is new', async () => {
    const { store, live } = open();
    await store.add([sample('node_load1', DAY, 1), sample('node_load1{instance="b"}', DAY, 2)]);
    expect(live.update()).toHaveLength(2);
    expect(live.update()).toHaveLength(0);
    await store.add([sample('node_load1{instance="b"}', DAY + STEP, 3)]);
    expect(live.update()).toMatchObject([{ device: 'b', value: 3, timeMs: DAY + STEP }]);
  });

  test('does not go back for a late sample', async () => {
    const { store, live } = open();
    await store.add(samples('node_load1', [1, 2]));
    live.update();
    await store.add([sample('node_load1', DAY - HOUR, 9)]);
    expect(live.update()).toHaveLength(0);
    expect(figures(live)).toEqual({ load1: 2 });
  });

  test('keeps what it returned until the next call', async () => {
    const { store, live } = open();
    await store.add([sample('node_load1', DAY, 1)]);
    const values = live.update();
    await store.add([sample('node_load1', DAY + STEP, 5)]);
    expect(values).toMatchObject([{ value: 1, timeMs: DAY }]);
  });

  test('takes up a series that is new without losing the rates of the others', async () => {
    const { store, live } = open();
    const read = 'node_disk_read_bytes_total';
    await store.add([sample(`${read}{device="sda"}`, DAY, 0)]);
    live.update();
    await store.add([
      sample(`${read}{device="sda"}`, DAY + STEP, 150),
      sample(`${read}{device="sdb"}`, DAY + STEP, 0),
    ]);
    expect(live.update()).toMatchObject([{ item: 'sda', value: 10 }]);
  });

  test('survives a new generation of series numbers', async () => {
    const { store, live } = open();
    await store.add([sample('node_load1', DAY, 1), sample('node_load1{instance="gone"}', DAY, 7)]);
    live.update();
    await store.removeDevice('gone');
    expect(live.of('gone')).toEqual([]);
    await store.add([sample('node_load1', DAY + STEP, 2)]);
    expect(live.update()).toMatchObject([{ device: 'host', value: 2 }]);
  });
});

describe('of', () => {
  test('knows a device that has been silent since the start', async () => {
    const { store } = open();
    await store.add([sample('node_load1', DAY, 4)]);
    store.takeChanged();
    expect(figures(openLiveIndicators(store))).toEqual({ load1: 4 });
  });

  test('does not take a value away from update', async () => {
    const { store, live } = open();
    await store.add([sample('node_load1', DAY, 4)]);
    expect(figures(live)).toEqual({ load1: 4 });
    expect(live.update()).toMatchObject([{ value: 4 }]);
  });

  test('knows nothing of a device that does not exist, or was forgotten and removed', () => {
    const { live } = open();
    expect(live.of('nobody')).toEqual([]);
    live.forget('nobody');
    expect(live.of('nobody')).toEqual([]);
  });

  test('leaves out what the device has not said for more than a day', async () => {
    const { store, live } = open();
    await store.add([sample('node_load1', DAY, 1), ...samples(MEMORY[0], [8], { startMs: DAY })]);
    live.update();
    await store.add(samples(MEMORY[0], [8], { startMs: DAY + 26 * HOUR }));
    live.update();
    expect(figures(live)).toEqual({ memory_size_bytes: 8 });
  });
});

describe('no value is better than a wrong one', () => {
  const BYTES = 'node_network_receive_bytes_total{device="eth0"}';

  test('a counter that was reset gives no rate, and the next one again', async () => {
    const { store, live } = open();
    const rates: number[] = [];
    for (const [i, value] of [0, 1_500, 30, 1_530].entries()) {
      await store.add([sample(BYTES, DAY + i * STEP, value)]);
      rates.push(...live.update().map((v) => v.value));
    }
    expect(rates).toEqual([100, 100]);
  });

  test('a gap of more than ten minutes gives no rate', async () => {
    const { store, live } = open();
    await store.add([sample(BYTES, DAY, 0)]);
    live.update();
    await store.add([sample(BYTES, DAY + 10 * MINUTE + 1, 6e6)]);
    expect(live.update()).toHaveLength(0);
    await store.add([sample(BYTES, DAY + 20 * MINUTE + 1, 12e6)]);
    expect(live.update()).toMatchObject([{ value: 10_000 }]);
  });

  test('a scrape that came in parts waits for its last part', async () => {
    const { store, live } = open();
    await store.add(MEMORY.map((name, i) => sample(name, DAY, i === 0 ? 100 : 60)));
    expect(live.update().find((v) => v.indicator === 'memory_used_bytes')?.value).toBe(40);
    await store.add([sample(MEMORY[1], DAY + STEP, 10)]);
    expect(live.update()).toHaveLength(0);
    await store.add([sample(MEMORY[0], DAY + STEP, 100)]);
    expect(live.update().map((v) => [v.indicator, v.value])).toContainEqual([
      'memory_used_bytes',
      90,
    ]);
  });

  const IDLE = (cpu: number) => `node_cpu_seconds_total{cpu="${cpu}",mode="idle"}`;
  const USER = (cpu: number) => `node_cpu_seconds_total{cpu="${cpu}",mode="user"}`;
  const core = (cpu: number, timeMs: number, [idle, user]: readonly [number, number]) => [
    sample(IDLE(cpu), timeMs, idle),
    sample(USER(cpu), timeMs, user),
  ];

  test('a sum waits for a core that was there, and goes on without it after ten minutes', async () => {
    const { store, live } = open();
    const cores: number[] = [];
    for (let i = 0; i * STEP <= 11 * MINUTE; i++) {
      const timeMs = DAY + i * STEP;
      await store.add(core(0, timeMs, [i * 15, 0]));
      // The other core is switched off after the third scrape.
      if (i < 3) await store.add(core(1, timeMs, [i * 15, 0]));
      for (const { indicator, value } of live.update()) {
        if (indicator === 'cpu_cores') cores.push(value);
      }
    }
    const waited = (10 * MINUTE) / STEP;
    expect(cores.slice(0, 3)).toEqual([2, 2, 2]);
    expect(cores.slice(3)).toEqual(Array(44 + 1 - 3 - waited).fill(1));
  });

  test('a sum goes on at once without a core that said it ended', async () => {
    const { store, live } = open();
    await store.add([...core(0, DAY, [0, 0]), ...core(1, DAY, [0, 0])]);
    live.update();
    await store.add([
      ...core(0, DAY + STEP, [12, 3]),
      ...core(1, DAY + STEP, [Number.NaN, Number.NaN]),
    ]);
    expect(live.update().map((v) => [v.indicator, v.value])).toEqual([
      ['cpu_used_ratio', 0.2],
      ['cpu_cores', 1],
      // Nothing says it waits for disks or lost time to a hypervisor.
    ]);
  });

  test('a stale marker ends a value', async () => {
    const { store, live } = open();
    await store.add([sample('node_load1', DAY, 1)]);
    live.update();
    await store.add([sample('node_load1', DAY + STEP, Number.NaN)]);
    expect(live.update()).toHaveLength(0);
    expect(figures(live)).toEqual({});
  });

  test('a disk that is a little busier than time allows is fully busy, much busier is a mistake', async () => {
    const { store, live } = open();
    for (const [i, value] of [0, 15.3, 45].entries()) {
      await store.add([
        sample('node_disk_io_time_seconds_total{device="sda"}', DAY + i * STEP, value),
      ]);
      expect(live.update().map((v) => v.value)).toEqual(i === 1 ? [1] : []);
    }
  });

  test('a negative amount is dropped', async () => {
    const { store, live } = open();
    await store.add(MEMORY.map((name, i) => sample(name, DAY, i === 0 ? 100 : 160)));
    live.update();
    expect(figures(live)).toEqual({ memory_size_bytes: 100 });
  });

  test('the offset of a clock nobody disciplines is not a measurement', async () => {
    const { store, live } = open();
    await store.add([
      sample('node_timex_offset_seconds', DAY, 0),
      sample('node_timex_sync_status', DAY, 0),
    ]);
    live.update();
    expect(figures(live)).toEqual({});
    await store.add([
      sample('node_timex_offset_seconds', DAY + STEP, 0.002),
      sample('node_timex_sync_status', DAY + STEP, 1),
    ]);
    live.update();
    expect(figures(live)).toEqual({ clock_offset_seconds: 0.002 });
  });
});

describe('several descriptions of one device', () => {
  const two = (metric: string, value: readonly [number, number], timeMs = DAY) => [
    sample(`${metric}{job="a"}`, timeMs, value[0]),
    sample(`${metric}{job="b"}`, timeMs, value[1]),
  ];

  test('are never added up or mixed', async () => {
    const { store, live } = open();
    await store.add([...two(MEMORY[0], [100, 200]), ...two(MEMORY[1], [60, 190])]);
    live.update();
    expect(figures(live)).toEqual({ memory_used_bytes: 40, memory_size_bytes: 100 });
  });

  test('the cores of two agents do not make twice the cores', async () => {
    const { store, live } = open();
    const idle = (cpu: number) => `node_cpu_seconds_total{cpu="${cpu}",mode="idle"}`;
    for (const agent of ['a1', 'a2']) {
      await store.add(
        [0, 1].map((cpu) => sample(`${idle(cpu).slice(0, -1)},agent="${agent}"}`, DAY, 5)),
      );
    }
    live.update();
    expect(figures(live)).toEqual({ cpu_cores: 2 });
  });

  test('the first stands until it is five minutes behind, and takes over when it is back', async () => {
    const { store, live } = open();
    const seen: number[] = [];
    for (let minute = 0; minute < 20; minute++) {
      const timeMs = DAY + minute * MINUTE;
      const first = minute < 5 || minute >= 15;
      if (first) await store.add([sample('node_load1{job="a"}', timeMs, 1)]);
      await store.add([sample('node_load1{job="b"}', timeMs, 2)]);
      seen.push(...live.update().map(({ value }) => value));
    }
    expect(seen).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1]);
  });

  test('a file system that moved to another disk is not hidden by its old series', async () => {
    const { store, live } = open();
    const size = (device: string) =>
      `node_filesystem_size_bytes{device="${device}",fstype="ext4",mountpoint="/"}`;
    await store.add([sample(size('/dev/sda1'), DAY, 100)]);
    live.update();
    await store.add([sample(size('/dev/vda1'), DAY + HOUR, 300)]);
    live.update();
    expect(figures(live)).toEqual({ 'filesystem_size_bytes{/}': 300 });
  });

  test('a mount point hides longer names of its device only while it is there', async () => {
    const { store, live } = open();
    const size = (mountpoint: string) =>
      `node_filesystem_size_bytes{device="/dev/sdb",fstype="ext4",mountpoint="${mountpoint}"}`;
    await store.add([sample(size('/old'), DAY, 100), sample(size('/mnt/new'), DAY, 100)]);
    live.update();
    expect(figures(live)).toEqual({ 'filesystem_size_bytes{/old}': 100 });
    await store.add([sample(size('/mnt/new'), DAY + HOUR, 100)]);
    live.update();
    expect(figures(live)).toHaveProperty('filesystem_size_bytes{/mnt/new}', 100);
  });
});
