/** Exposition text written by hand where there are many lines: one escape per name, no objects. */
import { formatValue } from '../../../shared/exposition.ts';
import { escapeLabelValue } from '../../../shared/sample.ts';

export const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** `# HELP` and `# TYPE` of one metric. */
export function metricHead(name: string, type: 'counter' | 'gauge', help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/** `name="value"` with the value escaped. */
export function labelText(name: string, value: string): string {
  return `${name}="${escapeLabelValue(value)}"`;
}

export function metricLine(name: string, labels: string, value: number): string {
  return `${name}{${labels}} ${formatValue(value)}\n`;
}
