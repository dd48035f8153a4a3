/** Does the collector answer, take this token, and know this name? Sends no samples. */
import { Failure, messageOf } from '../../shared/errors.ts';
import { HEADER_AGENT, HEADER_TIME } from '../../shared/protocol.ts';
import type { PushAnswer, Transport } from '../push/push.ts';
import type { Finding } from './finding.ts';

/** Snappy of nothing: a write request without series. */
const EMPTY = Uint8Array.of(0);
const OFFSET_MAX_SECONDS = 2;

export interface ProbeOptions {
  readonly transport: Transport;
  readonly collector: string;
  readonly name: string;
  readonly now: () => number;
}

function judge({ status, headers }: PushAnswer, collector: string): Finding {
  const subject = 'collector';
  if (headers[HEADER_TIME] === undefined) {
    return {
      subject,
      state: 'fails',
      text: `${collector} answers ${status}, but it is not a collector`,
      mend: 'check the address; a proxy or another program listens there',
    };
  }
  if (status === 401 || status === 403) {
    const mend = 'make a new token with "collector agent rotate NAME"';
    return { subject, state: 'fails', text: `the token is refused (${status})`, mend };
  }
  if (status >= 200 && status < 300) {
    return { subject, state: 'works', text: `${collector} takes the token`, mend: '' };
  }
  const mend = 'the log of the collector says more; samples wait in the spool meanwhile';
  return { subject, state: 'fails', text: `${collector} answers ${status}`, mend };
}

/** The header with the name alone is refused for its name, or else for being alone. */
function judgeName({ status }: PushAnswer, name: string): Finding {
  const subject = 'name';
  if (status !== 403) return { subject, state: 'works', text: name, mend: '' };
  return {
    subject,
    state: 'fails',
    text: `the token belongs to another agent than ${name}`,
    mend: 'set "name" in the configuration to the name the token was made for',
  };
}

function judgeClock({ headers }: PushAnswer, sentMs: number, nowMs: number): Finding {
  const offset = (Number(headers[HEADER_TIME]) - (sentMs + nowMs) / 2) / 1000;
  const text = `${offset.toFixed(1)} s off the collector's`;
  const isFine = Math.abs(offset) <= OFFSET_MAX_SECONDS;
  const mend = isFine ? '' : 'synchronise both clocks (chrony, systemd-timesyncd)';
  return { subject: 'clock', state: isFine ? 'works' : 'fails', text, mend };
}

export async function probeCollector(options: ProbeOptions): Promise<Finding[]> {
  const { transport, collector, name, now } = options;
  try {
    const sentMs = now();
    const answer = await transport.send({ headers: {}, body: EMPTY });
    const answeredMs = now();
    const first = judge(answer, collector);
    if (first.state === 'fails') return [first];
    const named = await transport.send({ headers: { [HEADER_AGENT]: name }, body: EMPTY });
    return [first, judgeName(named, name), judgeClock(answer, sentMs, answeredMs)];
  } catch (error) {
    return [unreached(error, collector)];
  }
}

/** The system's word for a name without address tells nobody what to do. */
const NO_ADDRESS: readonly unknown[] = ['ENOTFOUND', 'EAI_AGAIN'];

function unreached(error: unknown, collector: string): Finding {
  const fails = { subject: 'collector', state: 'fails' } as const;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && NO_ADDRESS.includes(cause.code)) {
    const mend = 'check its spelling and the name servers of this host, or write the IP address';
    return { ...fails, text: `the name in ${collector} has no address`, mend };
  }
  return { ...fails, text: messageOf(error), mend: error instanceof Failure ? error.hint : '' };
}
