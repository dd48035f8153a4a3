/**
 * The one validator of what is looked at over the network (S17): an IP address or a host name of
 * RFC 1123. It stands before every use, so a name can never be an option of a program.
 */
import { isIP } from 'node:net';

/** RFC 1035: a name has at most 253 characters, a label 63. */
const NAME_CHARACTERS = 253;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** A last label like this makes a name an address: `127.1`, `0x7f.1`, `0177.0.0.1`, `2130706433`. */
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/i;

/** Why `host` is neither an IP address nor a host name, or null. A zone (`fe80::1%eth0`) is refused. */
export function hostComplaint(host: string): string | null {
  if (host === '') return 'is empty';
  if (host.startsWith('-')) return 'begins with "-": a host name begins with a letter or a digit';
  if (host.includes('%')) return 'an address with a zone is not supported';
  if (isIP(host) !== 0) return null;
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  if (name.length > NAME_CHARACTERS) return `is longer than ${NAME_CHARACTERS} characters`;
  const labels = name.split('.');
  if (!labels.every((label) => LABEL.test(label))) {
    return 'is neither an IP address nor a host name (letters, digits, "-" and ".")';
  }
  if (NUMBER.test(labels.at(-1) ?? '')) {
    return 'looks like an address in an unusual form: write it as four numbers or as a name';
  }
  return null;
}
