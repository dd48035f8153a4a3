/** Samples of a cycle → batches of a size the collector takes, compressed. */
import { type EncodedSample, labelBytes } from '../../shared/remote-write.ts';
import { LIMITS } from '../../shared/sample.ts';
import { SnappyTemplate } from './snappy-template.ts';
import type { NewBatch, Packer } from './spool.ts';

/** Layouts come and go: sources with intervals of their own, disks that are plugged in. */
const TEMPLATES_MAX = 4;
/** Of the limit, so that even what cannot be compressed, and grows a little, is within it. */
const CHUNK_BYTES = LIMITS.bodyBytes * 0.75;
/** Bytes of a sample besides its labels, at most. */
const SAMPLE_BYTES = 32;

class TemplatePacker implements Packer {
  /** The one used last is first. */
  #templates: readonly SnappyTemplate[] = [];

  pack(samples: readonly EncodedSample[]): NewBatch[] {
    return chunksOf(samples).map((chunk) => {
      const timeMs = chunk[0]?.timeMs ?? 0;
      const body = this.#templateFor(chunk).fill(chunk, timeMs);
      return { body, samples: chunk.length, firstMs: timeMs, lastMs: timeMs };
    });
  }

  #templateFor(samples: readonly EncodedSample[]): SnappyTemplate {
    const known = this.#templates.find((template) => template.fits(samples));
    const template = known ?? new SnappyTemplate(samples);
    const others = this.#templates.filter((each) => each !== template);
    this.#templates = [template, ...others].slice(0, TEMPLATES_MAX);
    return template;
  }
}

/** Of one time each, and within the limits even if nothing could be compressed. */
function chunksOf(samples: readonly EncodedSample[]): (readonly EncodedSample[])[] {
  const chunks: EncodedSample[][] = [];
  let bytes = 0;
  for (const sample of samples) {
    const more = labelBytes(sample) + SAMPLE_BYTES;
    const last = chunks.at(-1);
    const full = bytes + more > CHUNK_BYTES || last?.length === LIMITS.samplesPerBatch;
    if (last === undefined || full || last[0]?.timeMs !== sample.timeMs) {
      chunks.push([sample]);
      bytes = more;
    } else {
      last.push(sample);
      bytes += more;
    }
  }
  return chunks;
}

export function templatePacker(): Packer {
  return new TemplatePacker();
}
