/** Label bytes → labels, once per series. Strict where a sloppy reading could mix up two series. */
import { Failure } from '../../shared/errors.ts';
import { checkLabels, type Labels, makeLabels } from '../../shared/sample.ts';
import { TAG_LABEL } from './series-keys.ts';
import { malformed, WireReader } from './wire.ts';

const TAG_NAME = 0x0a;
const TAG_TEXT = 0x12;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Both specifications: names unique, in order, not empty. An empty value means "no label". Throws
 * `malformed` / `limit_reached`; a series that is refused does not refuse its request.
 */
export function labelsOfKey(key: Uint8Array): Labels {
  const reader = new WireReader();
  reader.open(
    { bytes: key, view: new DataView(key.buffer, key.byteOffset, key.length) },
    key.length,
  );
  const pairs: [string, string][] = [];
  while (reader.at < key.length) {
    if (reader.varint() !== TAG_LABEL) throw malformed('a label was expected');
    const length = reader.length();
    reader.end = reader.at + length;
    const pair = readLabel(reader);
    reader.end = key.length;
    checkOrder(pairs.at(-1)?.[0], pair[0]);
    pairs.push(pair);
  }
  const labels = makeLabels(pairs);
  checkLabels(labels);
  return labels;
}

function readLabel(reader: WireReader): [string, string] {
  let name = '';
  let text = '';
  while (reader.at < reader.end) {
    const tag = reader.varint();
    if (tag === TAG_NAME) name = readText(reader);
    else if (tag === TAG_TEXT) text = readText(reader);
    else reader.skip(tag);
  }
  return [name, text];
}

function readText(reader: WireReader): string {
  const length = reader.length();
  const start = reader.at;
  reader.at += length;
  try {
    return utf8.decode(reader.bytes.subarray(start, reader.at));
  } catch (cause) {
    throw new Failure('malformed', 'a label is not valid UTF-8', { cause });
  }
}

function checkOrder(before: string | undefined, name: string): void {
  if (name === '') throw new Failure('malformed', 'a label without a name');
  if (before === undefined || before < name) return;
  const shown = JSON.stringify(name.slice(0, 64));
  throw new Failure(
    'malformed',
    before === name ? `label ${shown} comes twice` : `label ${shown} is out of order`,
    { hint: 'remote write wants label names unique and sorted' },
  );
}
