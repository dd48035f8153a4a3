/** What the agent does unless its file or its flags say otherwise. */
import { DEFAULT_LISTEN } from '../shared/protocol.ts';
import { DAY_MS } from '../shared/units.ts';
import type { AgentSettings } from './cli/cli.ts';

export const DEFAULTS: AgentSettings = Object.freeze({
  collector: `http://${DEFAULT_LISTEN}`,
  tokenFile: '',
  caFile: '',
  data: 'data/agent',
  name: '',
  instance: '',
  labels: Object.freeze({}),
  intervalMs: 15_000,
  intervals: Object.freeze({}),
  timeoutMs: 5_000,
  off: Object.freeze([]),
  spool: Object.freeze({ maxBytes: 1024 ** 3, maxAgeMs: 3 * DAY_MS, minFreeRatio: 0.1 }),
  metricsListen: '',
  paths: Object.freeze({ proc: '/proc', sys: '/sys', rootfs: '' }),
  logLevel: 'info',
  snmp: null,
  probes: null,
  traps: null,
});
