/**
 * Files that belong to faults: `attachments/` of the data directory, each under the hash of its
 * bytes, so that the same file twice is one and a changed one is noticed.
 */
import { hash as digest } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { Failure, messageOf } from '../../shared/errors.ts';
import { failureOf } from './database.ts';
import type { LedgerEntry } from './fault.ts';
import type { Attachment } from './faults.ts';

export const ATTACHMENT_BYTES = 10 * 1024 * 1024;
const NAME_LONGEST = 200;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const NAME = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069/\\]+$/;

const startsWith = (bytes: readonly number[]) => (content: Buffer) =>
  bytes.every((byte, i) => content[i] === byte);
const isZip = startsWith([0x50, 0x4b, 0x03, 0x04]);

/** What may be attached, and how its bytes show that they are what they say. */
const TYPES: Readonly<Record<string, (content: Buffer) => boolean>> = Object.freeze({
  'image/png': startsWith([0x89, 0x50, 0x4e, 0x47]),
  'image/jpeg': startsWith([0xff, 0xd8, 0xff]),
  'application/pdf': startsWith([0x25, 0x50, 0x44, 0x46, 0x2d]),
  'application/zip': isZip,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': isZip,
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': isZip,
  'text/plain': isText,
});
export const ATTACHMENT_TYPES = Object.keys(TYPES);

function isText(content: Buffer): boolean {
  if (content.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}

interface File {
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
}

export interface AttachmentShelf {
  /** Durable when it resolves. Throws `too_large`, `unsupported_media`, `bad_request`. */
  keep(file: File): Promise<Attachment>;
  /** Throws `not_found`, and `io` when the bytes are no longer those that were attached. */
  read(
    attachments: readonly Attachment[],
    sha256: string,
  ): Promise<Attachment & { readonly content: Buffer }>;
}

export function attachmentShelf(directory: string, clock: Clock): AttachmentShelf {
  const placeOf = (sha256: string): string => join(directory, 'attachments', sha256.slice(0, 2));
  return {
    keep: async (file) => {
      check(file);
      const { name, type, content } = file;
      const sha256 = digest('sha256', content, 'hex');
      const place = placeOf(sha256);
      try {
        await mkdir(place, { recursive: true, mode: 0o700 });
        await write(join(place, sha256), content, clock.randomHex(4));
      } catch (error) {
        throw failureOf(error, `cannot keep the attachment ${name}`);
      }
      return { sha256, name, type, bytes: content.length };
    },
    read: async (attachments, sha256) => {
      const found = attachments.find((one) => one.sha256 === sha256);
      if (found === undefined) throw new Failure('not_found', 'the fault has no such attachment');
      try {
        const content = await readFile(join(placeOf(sha256), sha256));
        if (digest('sha256', content, 'hex') === sha256) return { ...found, content };
      } catch (error) {
        throw new Failure('io', `the attachment ${found.name} cannot be read: ${messageOf(error)}`);
      }
      throw new Failure('io', `the attachment ${found.name} was changed on disk`);
    },
  };
}

function check({ name, type, content }: File): void {
  if (content.length > ATTACHMENT_BYTES) {
    throw new Failure('too_large', `${content.length} bytes are more than an attachment may have`, {
      hint: `at most ${ATTACHMENT_BYTES} bytes; put larger files elsewhere and note where`,
    });
  }
  if (name.length > NAME_LONGEST || !NAME.test(name)) {
    throw new Failure('bad_request', 'the attachment has no plain file name');
  }
  if (content.length > 0 && TYPES[type]?.(content) === true) return;
  const known = TYPES[type] !== undefined;
  throw new Failure(
    'unsupported_media',
    known ? `${name} is not ${type}` : `${type.slice(0, 100)} cannot be attached`,
    { hint: `what can be: ${ATTACHMENT_TYPES.join(', ')}` },
  );
}

/** Under another name until all bytes are on disk: a name that is there has its content. */
async function write(path: string, content: Buffer, suffix: string): Promise<void> {
  const partial = `${path}.${suffix}`;
  const file = await open(partial, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(partial, path);
  const folder = await open(dirname(path));
  await folder.sync().finally(() => folder.close());
}

/** What the ledger says is attached; the same bytes twice are one. */
export function attachmentsOf(ledger: readonly LedgerEntry[]): readonly Attachment[] {
  const attached = ledger.filter(({ kind }) => kind === 'attached');
  const all = attached.map(({ detail }) => detail as unknown as Attachment);
  return [...new Map(all.map((one) => [one.sha256, one])).values()];
}
