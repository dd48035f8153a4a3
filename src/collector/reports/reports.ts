/**
 * Reports: a period and readers → a document, then its renderings. Pure of time: `generatedFrom`
 * describes the data, never the moment; same input, same bytes. Nothing is written.
 */
import { jsonSchema } from '../../shared/config.ts';
import type { IndicatorHistory } from '../indicators/indicators.ts';
import { type ReportPolicy, readReportPolicy, reportPolicySchema } from './policy.ts';
import { REPORTS } from './registry.ts';

export type Locale = 'zh-CN' | 'en';
export type ReportFormat = 'json' | 'csv' | 'html';

/** What a report needs to know of a device; from the ledger. */
export interface ReportDevice {
  readonly name: string;
  readonly kind: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `demo` devices are marked as such everywhere. */
  readonly status: string;
}

export interface ReportFault {
  readonly id: string;
  readonly device: string;
  readonly level: number;
  readonly phenomenon: { readonly en: string; readonly zh: string };
  readonly beganMs: number;
  readonly recoveredMs: number | null;
}

export interface ReportReaders {
  devices(): Promise<readonly ReportDevice[]>;
  readonly history: IndicatorHistory;
  /** Faults that overlap the period. */
  faults(fromMs: number, toMs: number): Promise<readonly ReportFault[]>;
}

export interface ReportRequest {
  readonly name: string;
  /** `YYYY-MM` in `timezone`. */
  readonly month: string;
  /** IANA name. */
  readonly timezone: string;
  readonly locale: Locale;
  readonly format: ReportFormat;
  readonly policy: ReportPolicy;
  /** Organisation on the cover; '' for none. */
  readonly organisation: string;
}

export interface Rendering {
  /** `capacity-2013-08.zh-CN.html` */
  readonly fileName: string;
  readonly mediaType: string;
  readonly content: string;
}

/** Makes one report in one format. Throws `not_found`, `usage` (bad month, zone, format). */
export function makeReport(request: ReportRequest, readers: ReportReaders): Promise<Rendering> {
  return REPORTS.make(request, readers);
}

export function reportNames(): readonly string[] {
  return REPORTS.names;
}

/** The capacity policy's JSON Schema, for editors. */
export function reportPolicyJsonSchema(): unknown {
  return jsonSchema(reportPolicySchema);
}

/** Reads and checks the capacity policy file (YAML). Throws `config` with every problem. */
export function loadReportPolicy(file: string): ReportPolicy {
  return readReportPolicy(file);
}
