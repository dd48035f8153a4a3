/**
 * The rules of the capacity report as data: every constant comes from `config/capacity.yaml`,
 * where its source is noted. The schema refuses unknown keys and impossible values.
 */
import { z } from 'zod';
import { loadConfig } from '../../shared/config.ts';

const ratio = z.number().min(0).max(1);
const positive = z.number().positive();
const days = z.int().positive();
const count = z.int().nonnegative();
const globs = z.array(z.string().min(1));
const ascending = z
  .array(positive)
  .min(1)
  .refine((sizes) => sizes.every((size, i) => i === 0 || size > (sizes[i - 1] ?? 0)), {
    error: 'sizes must ascend',
  });

const grade = z.strictObject({ days, coverage: ratio });

const history = z.strictObject({
  months: z.int().min(1).max(12),
  storage_days: days,
  chart_days: days,
  sparkline_months: z.int().min(1).max(25),
});

const quality = z
  .strictObject({
    high: grade,
    medium: grade,
    low: grade,
    hole_days: positive,
    period_days: positive,
    capacity_change: ratio,
    elastic_days: days,
    nominal_tolerance: ratio,
  })
  .refine((q) => q.high.days >= q.medium.days && q.medium.days >= q.low.days, {
    error: 'high, medium and low must ask for fewer days in this order',
  });

const cpu = z.strictObject({
  target_p95: ratio,
  target_p99_5: ratio,
  add_p95: ratio,
  busy_ratio: ratio,
  busy_share: ratio,
  add_busy_hours: count,
  add_busy_days: count,
  urgent_p90: ratio,
  urgent_busy_share: ratio,
  censored_p95: ratio,
  max_growth: z.number().min(1),
  watch_max: ratio,
  min_kept: ratio,
  max_kept: ratio,
  floor_cores: positive,
  steal: ratio,
  iowait_share: ratio,
  idle: z.strictObject({
    p95: ratio,
    max: ratio,
    network_p95_bytes_per_second: positive,
    days,
  }),
});

const memory = z.strictObject({
  target_max: ratio,
  add_p95: ratio,
  add_target_max: ratio,
  swap_days: days,
  swap_day_ratio: ratio,
  max_growth: z.number().min(1),
  min_kept: ratio,
  max_kept: ratio,
  min_cut_gib: z.number().nonnegative(),
  floor_gib: z.strictObject({ linux: positive, windows: positive }),
  rise_points_per_month: positive,
  rise_confidence: z.union([z.literal(0.9), z.literal(0.95)]),
  require_for_cpu_cut: z.boolean(),
});

const alarm = z.strictObject({ days, ratio });

const storage = z.strictObject({
  warning_ratio: ratio,
  full_ratio: ratio,
  min_days: z.int().min(3),
  slope_days: z.tuple([days, days]),
  shift: z.strictObject({
    deviations: positive,
    level_ratio: ratio,
    periodic_from: z.int().min(1),
  }),
  horizon_days: days,
  bootstrap: z.strictObject({
    paths: z.int().min(50).max(10_000),
    block_days: days,
    window_days: z.array(days).min(1),
  }),
  flag_probability: ratio,
  range: z.tuple([ratio, ratio]),
  noisy_share: ratio,
  urgent: alarm,
  add: alarm,
  plan: alarm,
  static_ratio: ratio,
  grow: z.strictObject({ days, jump_days: days, target_ratio: ratio }),
  steps_gib: z.array(z.strictObject({ below: positive.nullable(), step: positive })).min(1),
  reclaim: z.strictObject({ max_ratio: ratio, days, min_gib: positive }),
  ignore_mounts: globs,
  ignore_databases: globs,
});

const network = z.strictObject({
  busy_ratio: ratio,
  busy_share: ratio,
  add_p95: ratio,
  add_busy_hours: count,
  add_busy_days: count,
  target_p95: ratio,
  errors_ratio: ratio,
  lower_p95: ratio,
  lower_kinds: z.array(z.string()),
  ignore_interfaces: globs,
});

export const EXCLUSION_KINDS = [
  'dr_standby',
  'homogeneous',
  'vendor_minimum',
  'upcoming_project',
  'licence',
  'fixed_allocation',
] as const;

const exclusion = z.strictObject({
  devices: globs.min(1).describe('Device names; * and ? match'),
  resources: z
    .array(z.enum(['cpu', 'memory']))
    .min(1)
    .default(['cpu', 'memory']),
  kind: z.enum(EXCLUSION_KINDS),
  reason: z.string().min(1),
  until: z.iso.date().describe('Last day on which it counts'),
  decided_by: z.string().min(1),
  minimum: z
    .strictObject({ cores: positive.optional(), memory_gib: positive.optional() })
    .optional()
    .describe('For vendor_minimum'),
});

const report = z.strictObject({
  actions: count,
  due_days: z.strictObject({ urgent: days, add: days, plan: days, reduce: days, watch: days }),
  strips: count,
  disk_charts: count,
  labels: count,
  faults: count,
  storage_rows: count,
  network_rows: count,
});

export const reportPolicySchema = z.strictObject({
  history,
  quality,
  cpu,
  memory,
  storage,
  network,
  catalogue: z.strictObject({
    cores: ascending,
    memory_gib: ascending,
    link_megabits: ascending,
  }),
  platform: z.strictObject({ virtual_products: globs }),
  exclusions: z.array(exclusion),
  report,
});

export type ReportPolicy = z.infer<typeof reportPolicySchema>;
export type Exclusion = ReportPolicy['exclusions'][number];
export type CatalogueName = keyof ReportPolicy['catalogue'];

/** Throws `config` with every problem. */
export function readReportPolicy(file: string): ReportPolicy {
  return loadConfig(reportPolicySchema, file);
}
