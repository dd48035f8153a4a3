/** A metric is a name and where its number is read: totals are kept where they arise. */
import { Counter, Gauge, type Registry } from 'prom-client';

type Reading = readonly [labels: Readonly<Record<string, string>>, value: number];

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly labelNames: readonly string[];
  readonly read: () => readonly Reading[];
}

/** One label with whatever values it has at the moment. */
interface ByLabel {
  readonly label: string;
  readonly read: () => readonly (readonly [value: string, number: number])[];
}

function single(type: Metric['type'], name: string, help: string) {
  return (read: () => number): Metric => ({
    name,
    help,
    type,
    labelNames: [],
    read: () => [[{}, read()]],
  });
}

function labelled(type: Metric['type'], name: string, help: string) {
  return ({ label, read }: ByLabel): Metric => ({
    name,
    help,
    type,
    labelNames: [label],
    read: () => read().map(([value, number]) => [{ [label]: value }, number]),
  });
}

export const counter = (name: string, help: string, read: () => number): Metric =>
  single('counter', `watchkeeper_${name}_total`, help)(read);

export const gauge = (name: string, help: string, read: () => number): Metric =>
  single('gauge', `watchkeeper_${name}`, help)(read);

export const labelledCounter = (name: string, help: string, by: ByLabel): Metric =>
  labelled('counter', `watchkeeper_${name}_total`, help)(by);

export const labelledGauge = (name: string, help: string, by: ByLabel): Metric =>
  labelled('gauge', `watchkeeper_${name}`, help)(by);

/** At each scrape the metric takes the values of that moment; values that are gone go. */
export function register(registry: Registry, metric: Metric): void {
  const { name, help, labelNames, read } = metric;
  const options = { name, help, labelNames: [...labelNames], registers: [registry] };
  if (metric.type === 'gauge') {
    new Gauge({
      ...options,
      collect: function collect() {
        this.reset();
        for (const [labels, value] of read()) this.set(labels, value);
      },
    });
    return;
  }
  new Counter({
    ...options,
    collect: function collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}
