/**
 * `prometheus.WriteRequest` of remote write 1.0. Fields: WriteRequest.timeseries = 1;
 * TimeSeries.labels = 1, samples = 2, exemplars = 3, histograms = 4 (the last two came with
 * Prometheus 2.26 and 2.40). Metadata and unknown fields are skipped.
 */
import type { SampleField } from './sample-field.ts';
import type { SampleRows } from './sample-rows.ts';
import { type SeriesKeys, TAG_LABEL } from './series-keys.ts';
import { malformed, type WireReader } from './wire.ts';

const TAG_SERIES = 0x0a;
const TAG_SAMPLE = 0x12;
const TAG_EXEMPLAR = 0x1a;
const TAG_HISTOGRAM = 0x22;

export interface DecodeTarget {
  readonly keys: SeriesKeys;
  readonly rows: SampleRows;
  readonly sample: SampleField;
}

/** Reads the message `reader` stands on. Throws `malformed`, `too_large`. */
export function decodeV1(reader: WireReader, target: DecodeTarget): void {
  const end = reader.end;
  const { bytes } = reader;
  while (reader.at < end) {
    const tag = bytes[reader.at];
    if (tag !== TAG_SERIES) {
      reader.skip(reader.varint());
      continue;
    }
    reader.at++;
    const length = reader.length();
    reader.end = reader.at + length;
    decodeSeries(reader, target);
    reader.end = end;
  }
}

function decodeSeries(reader: WireReader, { keys, rows, sample }: DecodeTarget): void {
  const { bytes, end, at: start } = reader;
  let entry = keys.guess(reader, start, end);
  if (entry >= 0) {
    reader.at = start + keys.lengthOf(entry);
  } else {
    while (reader.at < end && bytes[reader.at] === TAG_LABEL) reader.skip(reader.varint());
    entry = keys.find(reader, start, reader.at - start);
  }
  while (reader.at < end) {
    const tag = bytes[reader.at];
    if (tag === TAG_SAMPLE) {
      reader.at++;
      sample.read(reader, entry, rows);
    } else readOther(reader, rows);
  }
}

function readOther(reader: WireReader, rows: SampleRows): void {
  const tag = reader.varint();
  if (tag === TAG_LABEL) throw malformed('labels after samples');
  if (tag === TAG_EXEMPLAR) rows.exemplars++;
  else if (tag === TAG_HISTOGRAM) rows.histograms++;
  reader.skip(tag);
}
