/** Tries every source and says what works, what does not, and how to mend it. */
import { Failure, messageOf } from '../../shared/errors.ts';
import { collectSamples } from './once.ts';
import type { Diagnosis, Host, Source } from './sources.ts';

/** One after the other, so that the times are those of each source alone. */
export async function examineSources(
  host: Host,
  sources: readonly Source[],
): Promise<readonly Diagnosis[]> {
  const diagnoses: Diagnosis[] = [];
  for (const source of sources) diagnoses.push(await examineSource(host, source));
  return diagnoses;
}

async function examineSource(host: Host, source: Source): Promise<Diagnosis> {
  const startMs = host.clock.monotonic();
  const done = (
    state: Diagnosis['state'],
    samples: number,
    why: { readonly reason: string; readonly mend: string },
  ): Diagnosis => ({
    source: source.name,
    state,
    samples,
    seconds: (host.clock.monotonic() - startMs) / 1_000,
    reason: why.reason,
    mend: why.mend,
  });
  try {
    const missing = source.missing(host);
    if (missing !== null) return done('missing', 0, missing);
    const { length } = await collectSamples(host, source);
    if (length > 0) return done('works', length, { reason: '', mend: '' });
    return done('nothing', 0, { reason: 'this host has no such thing', mend: '' });
  } catch (error) {
    const mend = error instanceof Failure ? error.hint : '';
    return done('fails', 0, { reason: messageOf(error), mend });
  }
}
