/**
 * Temperatures and fans, from /sys/class/hwmon (kernel: Documentation/hwmon/sysfs-interface.rst).
 * A sensor may answer over a slow bus, so readings happen off the main thread; labels and limits
 * are facts.
 */

import { numberOf } from './lines.ts';
import { gauge } from './metric.ts';
import type { Emit, Host, Source } from './sources.ts';

const INPUT = /^((temp|fan)\d+)_input$/;
const MILLIDEGREES = 1_000;

/** Lower case, what a metric name cannot hold as `_`. */
const clean = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, '_')
    .replace(/^_+|_+$/g, '');

/** `platform_coretemp_0`: the bus and the device, which stay while the number of hwmonN may change. */
function chipOf(host: Host, folder: string, link: string): string {
  const parts = host.realPath(`${folder}/device`)?.split('/') ?? [];
  const device = clean(parts.at(-1) ?? '');
  const bus = clean(parts.at(-2) ?? '');
  if (device !== '') return bus === '' ? device : `${bus}_${device}`;
  return clean(host.fact(`${folder}/name`) ?? '') || clean(link);
}

async function readSensor(host: Host, path: string): Promise<number> {
  try {
    return numberOf(await host.slowLine(path));
  } catch {
    // A sensor that is switched off says so with an I/O error; the others still speak.
    return Number.NaN;
  }
}

async function collectChip(host: Host, emit: Emit, link: string): Promise<void> {
  const folder = `${host.sysPath}/class/hwmon/${link}`;
  const chip = chipOf(host, folder, link);
  const name = host.fact(`${folder}/name`);
  if (name) emit('node_hwmon_chip_names', 1, 'chip', chip, 'chip_name', name);
  for (const file of host.list(folder) ?? []) {
    const [, sensor, kind] = INPUT.exec(file) ?? [];
    if (sensor === undefined) continue;
    const labels = ['chip', chip, 'sensor', sensor];
    const label = host.fact(`${folder}/${sensor}_label`);
    if (label) emit('node_hwmon_sensor_label', 1, ...labels, 'label', label);
    const reading = await readSensor(host, `${folder}/${file}`);
    if (kind === 'fan') {
      emit('node_hwmon_fan_rpm', reading, ...labels);
      continue;
    }
    const limit = (which: string): number =>
      numberOf(host.fact(`${folder}/${sensor}_${which}`)) / MILLIDEGREES;
    emit('node_hwmon_temp_celsius', reading / MILLIDEGREES, ...labels);
    emit('node_hwmon_temp_max_celsius', limit('max'), ...labels);
    emit('node_hwmon_temp_crit_celsius', limit('crit'), ...labels);
  }
}

export const hwmon: Source = {
  name: 'hwmon',
  intervalMs: 60_000,
  metrics: {
    node_hwmon_chip_names: gauge('Annotation metric for human-readable chip names'),
    node_hwmon_sensor_label: gauge('Label for given chip and sensor'),
    node_hwmon_temp_celsius: gauge('Hardware monitor for temperature (input)'),
    node_hwmon_temp_max_celsius: gauge('Hardware monitor for temperature (max)'),
    node_hwmon_temp_crit_celsius: gauge('Hardware monitor for temperature (crit)'),
    node_hwmon_fan_rpm: gauge('Hardware monitor for fan revolutions per minute (input)'),
  },
  missing: (host) =>
    (host.list(`${host.sysPath}/class/hwmon`) ?? []).length === 0
      ? {
          reason: 'the kernel knows no sensors (usual in virtual machines)',
          mend: 'on real hardware load the sensor drivers, for example with sensors-detect',
        }
      : null,
  collect: async (host, emit, signal) => {
    for (const link of host.list(`${host.sysPath}/class/hwmon`) ?? []) {
      if (signal.aborted) return;
      await collectChip(host, emit, link);
    }
  },
};
