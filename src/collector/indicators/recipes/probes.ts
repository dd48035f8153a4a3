/**
 * What somebody sees of a device from outside: our own probes and blackbox_exporter, ping_exporter,
 * smokeping_prober.
 */
import type { Recipe, Term } from '../recipe.ts';

const SECONDS_PER_DAY = 86_400;
const ANSWERED: Term = { metric: 'probe_success' };

export const PROBES: readonly Recipe[] = [
  { indicator: 'reachable', read: 'value', plus: [{ metric: 'probe_success' }], votes: true },
  // A probe that failed took its whole timeout, or 0: neither is a round trip.
  {
    indicator: 'round_trip_seconds',
    read: 'value',
    plus: [{ metric: 'probe_icmp_duration_seconds', only: { phase: /^rtt$/ }, across: ['phase'] }],
    when: ANSWERED,
  },
  {
    indicator: 'round_trip_seconds',
    read: 'value',
    plus: [{ metric: 'probe_duration_seconds' }],
    when: ANSWERED,
  },
  { indicator: 'loss_ratio', read: 'value', plus: [{ metric: 'probe_loss_ratio' }] },
  { indicator: 'loss_ratio', read: 'value', plus: [{ metric: 'ping_loss_ratio' }] },
  {
    indicator: 'loss_ratio',
    read: 'rate',
    plus: [{ metric: 'smokeping_requests_total' }],
    minus: [{ metric: 'smokeping_response_duration_seconds_count' }],
    over: [{ metric: 'smokeping_requests_total' }],
  },
  {
    indicator: 'certificate_days_left',
    read: 'value',
    plus: [{ metric: 'probe_ssl_earliest_cert_expiry' }],
    minusTime: true,
    scale: 1 / SECONDS_PER_DAY,
  },
];
