/**
 * The format of an SNMP profile (`config/snmp/*.yaml`): data that says which devices it is for and
 * where they keep their figures. One file is one profile. Without `match` it is a part: standard
 * blocks (host-resources, ucd, entity-sensor, ups, printer …) that others name under `use`.
 *
 *     id: example-switch
 *     title: Example switches
 *     match:                                   # any entry; in an entry every condition holds
 *       - sysObjectID: [1.3.6.1.4.1.99999.2]   # whole arcs: not 1.3.6.1.4.1.99999.23
 *         exclude: { sysDescr: [Router OS] }
 *       - probe: [{ oid: 1.3.6.1.4.1.99999.1.1.0 }]     # second stage: GETs of its own
 *     category: [{ is: router, sysObjectID: [1.3.6.1.4.1.99999.2.7] }, { is: switch }]
 *     use: [host-resources, entity-sensor]
 *     facts:
 *       vendor: Example
 *       version: [{ oid: 1.3.6.1.4.1.99999.1.2.0 }, { of: sysDescr, regex: 'Version (\S+)' }]
 *       serial: { table: 1.3.6.1.2.1.47.1.1.1.1, column: 11, where: [{ column: 5, eq: 3 }] }
 *     cpu:
 *       - table: 1.3.6.1.4.1.99999.3.1         # the entry's OID; columns count from it
 *         percent: { column: 5, invalid: [255] }
 *         where: [{ column: 2, eq: 3 }, { any_of: [{ column: 6, gt: 0 }, { column: 9, gt: 0 }] }]
 *         label: { column: 1.3.6.1.2.1.47.1.1.1.1.7, via: { column: 4 } }      # pointer column
 *         combine: max
 *     memory:
 *       - first:                               # ordered: the first that gives a row
 *           - table: 1.3.6.1.4.1.99999.4.1
 *             used: [{ column: 8, invalid: [0] }, { column: 5, unit: KiB }]    # first valid one
 *             free: { column: 6, unit: KiB }
 *           - percent: { oid: 1.3.6.1.4.1.99999.5.1.0, regex: '(\d+) PERCENT' }
 *             total: { oid: 1.3.6.1.4.1.99999.5.2.0, unit: MiB }
 *     temperature:
 *       - table: 1.3.6.1.4.1.99999.6.1
 *         celsius: { column: 4, exponent: { scale: 2, precision: 3 }, invalid: [{ ge: 32767 }] }
 *         label: { join: [Slot, { index: 0 }, { column: 1.3.6.1.2.1.47.1.1.1.1.7 }] }
 *     series:
 *       - metric: example_wireless_clients
 *         help: Clients by network
 *         table: 1.3.6.1.4.1.99999.7.1
 *         value: { column: 3 }
 *         labels: { ssid: { column: 2 } }
 *     transport: { max_repetitions: 10, timeout: 5s }
 *
 * For cpu, memory, storage and temperature: the profile's own list first; if it gives no row, the
 * parts in the order of `use`, the first that gives one. Items of a list are joined. `series` of
 * the profile and of all its parts are read. IF-MIB and the system group are read of every device.
 * The profile with the id `generic` is for devices that fit no other. `weak: true` marks an identity
 * that many makers share (net-snmp's own): the probes of other profiles are tried after it.
 * A column that a device lacks is as if its value were missing; nothing fails for it.
 */
import * as z from 'zod';
import { duration } from '../../shared/config.ts';
import { METRIC_NAME } from '../../shared/sample.ts';
import {
  column,
  conditions,
  id,
  label,
  oid,
  oneOrMore,
  pattern,
  value,
  values,
} from './profile-cells.ts';

const block = {
  table: oid.optional().describe("The table's entry OID; without it one row of scalars"),
  where: conditions.optional(),
  label: label.optional().describe('Name of the row; default: its index'),
};
const firstOf = <T extends z.ZodType>(one: T) =>
  z
    .array(z.union([one, z.strictObject({ first: z.array(one).min(1) })]))
    .describe('Blocks, joined; { first: [...] } takes the first that gives a row');

const cpu = z
  .strictObject({
    ...block,
    percent: values.optional().describe('Used, 0–100'),
    ticks: z
      .strictObject({ idle: z.array(oid).min(1), all: z.array(oid).min(1) })
      .optional()
      .describe('Counters: used = 1 − Δidle ÷ Δall between two rounds; nothing in the first'),
    combine: z
      .enum(['mean', 'max', 'none'])
      .optional()
      .describe('Device figure of the rows: mean of cores (default), max of boards, not counted'),
  })
  .refine((b) => (b.percent === undefined) !== (b.ticks === undefined), 'give percent or ticks');

const sizes = {
  total: values.optional(),
  used: values.optional(),
  free: values.optional(),
  percent: values.optional().describe('Used, 0–100'),
};
const sized = (b: { total?: unknown; used?: unknown; free?: unknown; percent?: unknown }) =>
  b.percent !== undefined || [b.total, b.used, b.free].filter((v) => v !== undefined).length >= 2;
const SIZED = 'give two of total, used, free, percent (percent alone will do)';
const MEMORY_CLASSES = ['system', 'virtual', 'swap', 'buffers', 'cached', 'shared'] as const;

const memory = z
  .strictObject({
    ...block,
    ...sizes,
    class: z.enum(MEMORY_CLASSES).optional().describe('Default system: the RAM'),
    minus_classes: z
      .array(z.enum(MEMORY_CLASSES))
      .optional()
      .describe('Used bytes of these classes are taken off the used bytes (buffers, cached)'),
    minus: z.array(value).optional().describe('Bytes taken off the used bytes'),
    main: z.boolean().optional().describe("Its rows are the device's memory before others'"),
  })
  .refine(sized, SIZED);
const storage = z.strictObject({ ...block, ...sizes }).refine(sized, SIZED);
const temperature = z.strictObject({ ...block, celsius: values });
const series = z.strictObject({
  ...block,
  metric: z.string().regex(METRIC_NAME).describe('Prometheus name, base unit last'),
  help: z.string().min(1),
  type: z.enum(['gauge', 'counter']).optional(),
  value: values,
  labels: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), label).optional(),
});

const fact = z.union([
  z.string().min(1).describe('The text itself'),
  z.strictObject({
    of: z.enum(['sysDescr', 'sysObjectID', 'sysName']),
    regex: pattern.optional(),
    enum: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({
    oid: oid.optional(),
    table: oid.optional(),
    column: column.optional().describe('Of the first row that counts'),
    where: conditions.optional(),
    regex: pattern.optional(),
    enum: z.record(z.string(), z.string()).optional(),
  }),
]);
const facts = z.strictObject({
  vendor: oneOrMore(fact).optional(),
  model: oneOrMore(fact).optional(),
  version: oneOrMore(fact).optional(),
  serial: oneOrMore(fact).optional(),
});

const identity = {
  sysObjectID: z.array(oid).min(1).optional().describe('At or below one of these, on whole arcs'),
  sysDescr: z.array(pattern).min(1).optional().describe('Matches one of these (case ignored)'),
};
const match = z.strictObject({
  ...identity,
  exclude: z.strictObject(identity).optional().describe('Not if any of these fits'),
  probe: z
    .array(
      z.strictObject({
        oid,
        matches: pattern.optional().describe('And its text matches; without: it answers'),
      }),
    )
    .min(1)
    .optional()
    .describe('GETs that must answer; asked only when nothing else or a weak profile matched'),
});

export const profileSchema = z.strictObject({
  id,
  title: z.string().min(1).describe('For people'),
  extends: id.optional().describe('Keys this profile leaves out are those of that one; not match'),
  weak: z.boolean().optional().describe('Many kinds of device share this identity: try probes'),
  match: z.array(match).min(1).optional().describe('Without it the profile is a part for use'),
  category: z
    .union([z.string(), z.array(z.strictObject({ is: z.string(), ...identity })).min(1)])
    .optional()
    .describe('switch, router, firewall, … ; of a list the first that fits'),
  use: z.array(id).optional().describe('Parts, in the order they are tried'),
  facts: facts.optional(),
  cpu: firstOf(cpu).optional(),
  memory: firstOf(memory).optional(),
  storage: firstOf(storage).optional(),
  temperature: firstOf(temperature).optional(),
  series: z.array(series).optional().describe('Any other figure'),
  interfaces: z
    .strictObject({
      read: z.boolean().optional().describe('false: the device has none worth reading'),
      ignore_name: z.array(pattern).optional().describe('On ifName, else ifDescr'),
      ignore_type: z.array(z.int().min(1)).optional().describe('IANA ifType numbers'),
    })
    .optional(),
  transport: z
    .strictObject({
      max_repetitions: z
        .int()
        .min(1)
        .max(100)
        .optional()
        .describe('Most rows of a column asked at once; 64'),
      timeout: duration.optional(),
      retries: z.int().min(0).max(5).optional(),
      no_getbulk: z.boolean().optional().describe('Only GETNEXT, as with SNMPv1'),
    })
    .optional(),
});

export type Profile = z.infer<typeof profileSchema>;
export type CpuBlock = z.infer<typeof cpu>;
export type MemoryBlock = z.infer<typeof memory>;
export type StorageBlock = z.infer<typeof storage>;
export type TemperatureBlock = z.infer<typeof temperature>;
export type SeriesBlock = z.infer<typeof series>;
export type Facts = z.infer<typeof facts>;
export type Fact = z.infer<typeof fact>;
export type Match = z.infer<typeof match>;
