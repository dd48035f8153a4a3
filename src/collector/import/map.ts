/** The map of a CSV import: which column is the time, the device, and each indicator. */
import { z } from 'zod';
import { type ConfigProblem, checkConfig, configFailure, readYaml } from '../../shared/config.ts';
import { INDICATORS, type IndicatorName } from '../../shared/indicator.ts';
import { LABEL_NAME } from '../../shared/sample.ts';

const indicatorNames = Object.keys(INDICATORS) as [IndicatorName, ...IndicatorName[]];

const columnSchema = z.strictObject({
  column: z.string().min(1),
  /** What a cell is multiplied by to reach the indicator's base unit. */
  scale: z
    .number()
    .refine((scale) => scale !== 0 && Number.isFinite(scale), 'must be a number other than 0')
    .default(1),
  labels: z.record(z.string().regex(LABEL_NAME), z.string().min(1).max(256)).default({}),
});

export const mapSchema = z.strictObject({
  time: z.strictObject({
    column: z.string().min(1),
    unit: z.enum(['seconds', 'milliseconds', 'iso8601']),
    /** For local times without a zone, e.g. `+08:00`. */
    offset: z
      .string()
      .regex(/^([+-]\d\d:\d\d|Z)$/, 'write it like +08:00')
      .optional(),
  }),
  device: z.strictObject({ column: z.string().min(1), prefix: z.string().max(64).default('') }),
  /** One column, or a list of them where a device has several items. */
  indicators: z.partialRecord(
    z.enum(indicatorNames),
    z.union([columnSchema, z.array(columnSchema).min(1)]),
  ),
  delimiter: z.string().length(1).default(','),
  encoding: z.enum(['utf-8', 'gb18030']).default('utf-8'),
});

export interface MappedColumn {
  readonly indicator: IndicatorName;
  readonly column: string;
  readonly scale: number;
  readonly labels: Readonly<Record<string, string>>;
}

export interface CsvMap {
  readonly time: {
    readonly column: string;
    readonly unit: 'seconds' | 'milliseconds' | 'iso8601';
    readonly offset: string | undefined;
  };
  readonly device: { readonly column: string; readonly prefix: string };
  readonly columns: readonly MappedColumn[];
  readonly delimiter: string;
  readonly encoding: 'utf-8' | 'gb18030';
}

/** Labels that mean something of their own. */
const RESERVED = new Set(['__name__', 'instance', 'agent']);

function labelProblem({ indicator, labels }: MappedColumn): string | null {
  const { item } = INDICATORS[indicator];
  if (item !== null && labels[item] === undefined) {
    return `needs a label ${item}: a device may have several, e.g. labels: { ${item}: all }`;
  }
  const reserved = Object.keys(labels).find((name) => RESERVED.has(name));
  return reserved === undefined ? null : `the label ${reserved} is reserved`;
}

/** Throws `config` with every mistake. */
export function readMap(file: string): CsvMap {
  const raw = checkConfig(mapSchema, readYaml(file), file);
  const columns: MappedColumn[] = [];
  const problems: ConfigProblem[] = [];
  const seen = new Set<string>();
  for (const [indicator, given] of Object.entries(raw.indicators)) {
    for (const column of [given].flat()) {
      if (column === undefined) continue;
      const mapped = { indicator: indicator as IndicatorName, ...column };
      columns.push(mapped);
      const path = `indicators.${indicator}`;
      const reason = labelProblem(mapped);
      if (reason !== null) problems.push({ file, path: `${path}.labels`, reason });
      const series = JSON.stringify([indicator, Object.entries(column.labels).sort()]);
      if (seen.has(series)) {
        problems.push({ file, path, reason: 'two columns would make the same series' });
      }
      seen.add(series);
    }
  }
  if (columns.length === 0) {
    problems.push({ file, path: 'indicators', reason: 'names no indicator to import' });
  }
  if (problems.length > 0) throw configFailure(problems);
  const { time, device, delimiter, encoding } = raw;
  return { time: { ...time, offset: time.offset }, device, columns, delimiter, encoding };
}
