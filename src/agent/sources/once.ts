/** One reading of one source, outside the sampler: for `agent once` and `agent doctor`. */
import { formatExposition } from '../../shared/exposition.ts';
import { makeLabels, type Sample } from '../../shared/sample.ts';
import type { Host, Source } from './sources.ts';

function* pairs(names: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i + 1 < names.length; i += 2) yield [names[i] ?? '', names[i + 1] ?? ''];
}

/** The samples in the order emitted, all of one time. Throws what the source threw. */
export async function collectSamples(host: Host, source: Source): Promise<Sample[]> {
  const timeMs = Math.floor(host.clock.now());
  const samples: Sample[] = [];
  const emit = (name: string, value: number, ...labels: readonly string[]): void => {
    if (Number.isNaN(value)) return;
    samples.push({ labels: makeLabels([['__name__', name], ...pairs(labels)]), timeMs, value });
  };
  await source.collect(host, emit, new AbortController().signal);
  return samples;
}

export async function collectText(host: Host, source: Source): Promise<string> {
  const samples = await collectSamples(host, source);
  return formatExposition(samples, { describe: (name) => source.metrics[name] });
}
