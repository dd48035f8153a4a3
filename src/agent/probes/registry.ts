/** Every kind of probe. A new one is a file with its test, and a line here. */
import type { Kind } from './kind.ts';
import { dns } from './kinds/dns.ts';
import { flow } from './kinds/flow.ts';
import { http } from './kinds/http.ts';
import { icmp } from './kinds/icmp.ts';
import { tcp } from './kinds/tcp.ts';
import { tls } from './kinds/tls.ts';

export const KINDS: Readonly<Record<string, Kind>> = Object.freeze({
  icmp,
  tcp,
  dns,
  tls,
  http,
  flow,
});
