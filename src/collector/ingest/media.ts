/**
 * What a request says it carries. Exactly snappy, exactly one media type, at most the `proto`
 * parameter: a check chosen by Content-Type is only as good as its strictness (S8, S9).
 */
import { Failure } from '../../shared/errors.ts';

export type WriteVersion = 1 | 2;

const MESSAGES: ReadonlyMap<string, WriteVersion> = new Map([
  ['prometheus.WriteRequest', 1],
  ['io.prometheus.write.v2.Request', 2],
]);

const MEDIA = /^application\/x-protobuf(?:[ \t]*;[ \t]*proto=(?:([\w.]+)|"([\w.]+)"))?$/i;

/** Which message the body is. Throws `unsupported_media`. */
export function writeVersion(contentType: string | undefined): WriteVersion {
  if (contentType === 'application/x-protobuf') return 1;
  const match = MEDIA.exec(contentType ?? '');
  const name = match?.[1] ?? match?.[2];
  const version = name === undefined ? 1 : MESSAGES.get(name);
  if (match === null || version === undefined) {
    throw new Failure('unsupported_media', `Content-Type ${shown(contentType)} is not accepted`, {
      hint: `send application/x-protobuf, with ;proto=${[...MESSAGES.keys()].join(' or ;proto=')}`,
    });
  }
  return version;
}

/** Throws `unsupported_media` for everything that is not one snappy block. */
export function checkEncoding(contentEncoding: string | undefined): void {
  if (contentEncoding?.toLowerCase() === 'snappy') return;
  throw new Failure(
    'unsupported_media',
    `Content-Encoding ${shown(contentEncoding)} is not accepted`,
    { hint: 'compress the body with snappy (block format) and send Content-Encoding: snappy' },
  );
}

function shown(header: string | undefined): string {
  return header === undefined ? 'missing' : JSON.stringify(header.slice(0, 100));
}
