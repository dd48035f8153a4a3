import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { hwmon } from '../../../src/agent/sources/hwmon.ts';
import { hostOf, linesOf, put } from './fixture-host.ts';

const CHIP = 'sys/class/hwmon/hwmon0';

function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  mkdirSync(join(root, target), { recursive: true });
  symlinkSync(join(root, target), join(root, path));
}

test('a chip is named by its bus and device, whatever number it has', async () => {
  const host = hostOf({ [`${CHIP}/temp1_input`]: '41000' });
  link(host.root, `${CHIP}/device`, 'sys/devices/pci0000:00/0000:00:18.3');
  expect(await linesOf(host, hwmon)).toEqual([
    'node_hwmon_temp_celsius{chip="pci0000:00_0000:00:18_3",sensor="temp1"} 41',
  ]);
});

test('without a device by its name, without a name by its number', async () => {
  const host = hostOf({
    [`${CHIP}/temp1_input`]: '1000',
    [`${CHIP}/name`]: 'AcpiTZ-0 \n',
    'sys/class/hwmon/hwmon1/temp1_input': '2000',
  });
  expect(await linesOf(host, hwmon)).toEqual([
    'node_hwmon_chip_names{chip="acpitz_0",chip_name="AcpiTZ-0"} 1',
    'node_hwmon_temp_celsius{chip="acpitz_0",sensor="temp1"} 1',
    'node_hwmon_temp_celsius{chip="hwmon1",sensor="temp1"} 2',
  ]);
});

test('a sensor that cannot be read is left out, the others speak', async () => {
  const host = hostOf({ [`${CHIP}/temp2_input`]: '22000', [`${CHIP}/temp3_input`]: 'N/A' });
  mkdirSync(join(host.root, CHIP, 'temp1_input'));
  expect(await linesOf(host, hwmon)).toEqual([
    'node_hwmon_temp_celsius{chip="hwmon0",sensor="temp2"} 22',
  ]);
});

test('a host without sensors: nothing, and the doctor knows why', async () => {
  const host = hostOf({});
  expect(await linesOf(host, hwmon)).toEqual([]);
  expect(hwmon.missing(host)?.reason).toContain('no sensors');
  put(host.root, `${CHIP}/temp1_input`, '1');
  expect(hwmon.missing(host)).toBeNull();
});

test('stops at the next chip when its time is over', async () => {
  const host = hostOf({
    [`${CHIP}/temp1_input`]: '1000',
    'sys/class/hwmon/hwmon1/temp1_input': '2',
  });
  const abort = new AbortController();
  const seen: string[] = [];
  await hwmon.collect(
    host,
    (name) => {
      seen.push(name);
      abort.abort();
    },
    abort.signal,
  );
  expect(seen.filter((name) => name === 'node_hwmon_temp_celsius')).toHaveLength(1);
  rmSync(host.root, { recursive: true });
});
