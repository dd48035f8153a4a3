/** The distribution, from os-release(5). */

import { parseOnce } from './lines.ts';
import { gauge } from './metric.ts';
import type { Host, Source } from './sources.ts';

const LABELS = [
  'build_id',
  'id',
  'id_like',
  'image_id',
  'image_version',
  'name',
  'pretty_name',
  'variant',
  'variant_id',
  'version',
  'version_codename',
  'version_id',
];
const LABELS_OF_VERSION = ['id', 'id_like', 'name'];

/** Values are shell words: bare, or in single or double quotes with backslash escapes. */
function unquote(text: string): string {
  const quote = text[0];
  if ((quote !== '"' && quote !== "'") || !text.endsWith(quote) || text.length < 2) return text;
  const inner = text.slice(1, -1);
  return quote === '"' ? inner.replace(/\\(.)/g, '$1') : inner;
}

/** Lower-case keys, as the labels have them. */
const parseOsRelease = parseOnce((text) => {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^\s*([A-Z0-9_]+)=(.*?)\s*$/.exec(line) ?? [];
    if (key !== '') values.set(key.toLowerCase(), unquote(value));
  }
  return values;
});

const read = (host: Host): string | null =>
  host.fact(`${host.rootfsPath}/etc/os-release`) ??
  host.fact(`${host.rootfsPath}/usr/lib/os-release`);

export const os: Source = {
  name: 'os',
  metrics: {
    node_os_info: gauge(`A metric with a constant '1' value labeled by ${LABELS.join(', ')}.`),
    node_os_version: gauge('Metric containing the major.minor part of the OS version.'),
  },
  missing: (host) =>
    read(host) === null
      ? {
          reason: 'there is no /etc/os-release',
          mend: 'mount the host root into the container and name it with the option rootfsPath',
        }
      : null,
  collect: (host, emit) => {
    const text = read(host);
    if (text === null) return;
    const values = parseOsRelease(text);
    const labels = (names: readonly string[]): string[] =>
      names.flatMap((name) => [name, values.get(name) ?? '']);
    emit('node_os_info', 1, ...labels(LABELS));
    const version = /^\d+(\.\d+)?/.exec(values.get('version_id') ?? '')?.[0];
    emit('node_os_version', Number(version ?? Number.NaN), ...labels(LABELS_OF_VERSION));
  },
};
