/**
 * The head of a write request, read by hand. Only the plainest form is taken: whatever a proxy or
 * a parser could read in two ways is `other`, and Node's own parser decides about it.
 */
import { WRITE_PATH } from '../../shared/protocol.ts';

export type WriteHead =
  /** The bytes so far may become a plain write request. */
  | { readonly kind: 'more' }
  /** Not a plain write request. */
  | { readonly kind: 'other' }
  | {
      readonly kind: 'write';
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      /** Bytes of the head, with its blank line. */
      readonly headBytes: number;
      readonly bodyBytes: number;
    };

const REQUEST_LINE = Buffer.from(`POST ${WRITE_PATH} HTTP/1.1\r\n`);
const END = Buffer.from('\r\n\r\n');
/** As Node's limit: a longer head is refused there. */
const HEAD_BYTES = 16 * 1024;

const MORE: WriteHead = Object.freeze({ kind: 'more' });
const OTHER: WriteHead = Object.freeze({ kind: 'other' });

/** `name: value`, the name a token, the value printable ASCII with blanks inside (RFC 9110, 5.5). */
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~](?:[ -~\t]*[!-~])?)[ \t]*$/;
const LENGTH = /^\d{1,10}$/;

/** Headers that change how the message is read, or that want more than an answer. */
const SPECIAL = new Set([
  'transfer-encoding',
  'expect',
  'upgrade',
  'trailer',
  'te',
  'proxy-connection',
  '__proto__',
]);

function beginsAsWrite(bytes: Buffer): boolean {
  const known = Math.min(bytes.length, REQUEST_LINE.length);
  return bytes.compare(REQUEST_LINE, 0, known, 0, known) === 0;
}

export function readWriteHead(bytes: Buffer): WriteHead {
  if (!beginsAsWrite(bytes)) return OTHER;
  // From the end of the request line, which may itself be followed by the blank line.
  const end = bytes.indexOf(END, REQUEST_LINE.length - 2);
  if (end < 0) return bytes.length > HEAD_BYTES ? OTHER : MORE;
  if (end > HEAD_BYTES) return OTHER;
  const headers: Record<string, string> = Object.create(null);
  for (const line of bytes.toString('latin1', REQUEST_LINE.length, end).split('\r\n')) {
    const match = FIELD.exec(line);
    if (match === null) return OTHER;
    const name = (match[1] ?? '').toLowerCase();
    if (SPECIAL.has(name) || headers[name] !== undefined) return OTHER;
    headers[name] = match[2] ?? '';
  }
  const { host, connection = 'keep-alive' } = headers;
  const length = headers['content-length'];
  if (host === undefined || length === undefined || !LENGTH.test(length)) return OTHER;
  if (connection.toLowerCase() !== 'keep-alive') return OTHER;
  return { kind: 'write', headers, headBytes: end + END.length, bodyBytes: Number(length) };
}
