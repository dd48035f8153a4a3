/**
 * Devices written down in a test, and what `agent snmp test` says of them, in words: a family of
 * tests compares the two.
 */
import { afterAll, expect, test } from 'vitest';
import type { Report } from '../../../../src/agent/snmp/report.ts';
import { needs } from '../../../support/parts.ts';
import {
  reportOn,
  type Simulator,
  type Synthetic,
  startSimulator,
  tableOf,
  type Value,
  writeRecordings,
} from './simulator.ts';

export const E = '1.3.6.1.4.1';
export const M = '1.3.6.1.2.1';
export const ENTITY = `${M}.47.1.1.1.1`;
const HR_STORAGE = `${M}.25.2.3.1`;
const HR_TYPE = `${M}.25.2.1`;
export const MIB = 1024 * 1024;

export const system = (sysObjectID: string, sysDescr: string): Record<string, Value> => ({
  [`${M}.1.1.0`]: sysDescr,
  [`${M}.1.2.0`]: `${E}.${sysObjectID}`,
});

/** Of 'class' and name. */
export const entities = (rows: Readonly<Record<string, readonly [number, string]>>) =>
  tableOf(ENTITY, [5, 7], rows);

export const storages = (rows: Readonly<Record<string, readonly [number, ...Value[]]>>) =>
  tableOf(
    HR_STORAGE,
    [2, 3, 4, 5, 6],
    Object.fromEntries(
      Object.entries(rows).map(([index, [type, ...rest]]) => [
        index,
        [`${HR_TYPE}.${type}`, ...rest],
      ]),
    ),
  );

export interface Family {
  readonly profile: string;
  readonly cells: Readonly<Record<string, Value>>;
  /** In words: `label 20 %`, `label class 50 % of 1024 MiB`, `label 40`. */
  readonly cpu?: readonly string[];
  readonly memory?: readonly string[];
  readonly storage?: readonly string[];
  readonly temperature?: readonly string[];
  /** Indicators of the device as a whole: CPU percent, memory percent. */
  readonly device?: readonly [cpu: number | null, memory: number | null];
  /** Those that matter here. */
  readonly facts?: Readonly<Record<string, string>>;
}

const round = (value: number): number => Math.round(value * 100) / 100;
const percent = (ratio: number): string => `${round(ratio * 100)} %`;
const sized = (row: Report['rows']['storage'][number]): string =>
  `${percent(row.used_ratio)}${row.total_bytes === null ? '' : ` of ${round(row.total_bytes / MIB)} MiB`}`;

function inWords({ rows, indicators }: Report) {
  const figure = (name: string): number =>
    indicators.find((one) => one.name === name)?.value ?? Number.NaN;
  const device = (ratio: number): number | null =>
    Number.isNaN(ratio) ? null : round(ratio * 100);
  return {
    cpu: rows.cpu.map((row) => `${row.descr} ${percent(row.used_ratio)}`).sort(),
    memory: rows.memory.map((row) => `${row.descr} ${row.class} ${sized(row)}`).sort(),
    storage: rows.storage.map((row) => `${row.descr} ${sized(row)}`).sort(),
    temperature: rows.temperature.map((row) => `${row.descr} ${round(row.celsius)}`).sort(),
    device: [
      device(figure('cpu_used_ratio')),
      device(figure('memory_used_bytes') / figure('memory_size_bytes')),
    ],
  };
}

/** The report of one of the devices a simulator serves, against what its family says. */
async function checkFamily(port: number, name: string, family: Family): Promise<void> {
  const { report, trouble } = await reportOn(port, name);

  expect({ profile: report.profile, trouble }).toEqual({ profile: family.profile, trouble: '' });
  const { cpu = [], memory = [], storage = [], temperature = [], facts = {} } = family;
  const device = family.device ?? [null, null];
  expect(inWords(report)).toEqual({ cpu, memory, storage, temperature, device });
  expect(report.facts).toMatchObject(facts);
}

/** A test for each device, all of them served by one simulator. */
export function testFamilies(devices: Readonly<Record<string, Family>>): void {
  let simulator: Simulator | null = null;
  let written: Synthetic | null = null;
  afterAll(async () => {
    await simulator?.stop();
    written?.remove();
  });

  test.for(Object.entries(devices))('%s', async ([name, family], context) => {
    const program = needs('snmpsimd', context);
    written ??= writeRecordings(
      Object.fromEntries(Object.entries(devices).map(([key, { cells }]) => [key, cells])),
    );
    simulator ??= await startSimulator(program, written.folder, Object.keys(devices)[0] ?? '');

    await checkFamily(simulator.port, name, family);
  });
}
