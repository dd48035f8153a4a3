/** Reading an import file, plain or gzip, in chunks of text; and the hash that identifies it. */
import { createHash } from 'node:crypto';
import { createReadStream, type ReadStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { Failure, messageOf } from '../../shared/errors.ts';
import type { Tally } from './send.ts';

const CHUNK_BYTES = 256 * 1024;

function unreadable(file: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const missing = code === 'ENOENT';
  const damaged = code.startsWith('Z_');
  return new Failure(missing ? 'not_found' : 'io', `cannot read ${file}: ${messageOf(error)}`, {
    hint: damaged
      ? 'the gzip data is damaged or cut short: fetch the file again'
      : 'give the path of a readable file',
    cause: error,
  });
}

/** SHA-256 of the file and of what else decides about its batches, in hex. */
export async function contentHash(file: string, extra: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
      hash.update(chunk);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  return hash.update('\0').update(extra).digest('hex');
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/** Text in chunks of any length, without a byte order mark. Counts the bytes read in `tally`. */
export async function* textChunks(
  file: string,
  encoding: string,
  tally: Tally,
): AsyncIterable<string> {
  let source: ReadStream | undefined;
  try {
    tally.totalBytes = statSync(file).size;
    source = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    const { bytesRead } = source;
    tally.bytes = bytesRead;
    const decoder = new TextDecoder(encoding, { fatal: true });
    const stream = (await isGzip(file)) ? pipeGunzip(source) : source;
    for await (const chunk of stream) {
      tally.bytes = source.bytesRead;
      yield decoder.decode(chunk as Buffer, { stream: true });
    }
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) {
      throw new Failure('malformed', `${file}: holds bytes that are not ${encoding}`, {
        hint: 'convert it, or set encoding: gb18030 in the map',
        cause: error,
      });
    }
    throw unreadable(file, error);
  } finally {
    source?.destroy();
  }
}

function pipeGunzip(source: ReadStream) {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  source.once('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}
