/** `fping`: many addresses in one process, asked in turn. */
import { Failure } from '../../../shared/errors.ts';
import { type ProgramEnd, runProgram } from '../../../shared/programs.ts';
import type { Echoes, PingTool, Volley } from './tool.ts';

/** So many are asked within the time between two requests to one of them. */
const MOST_ADDRESSES = 250;
/** Between two packets, whoever they are for: the least that a user may ask for. */
const PACKET_MS = 1;
/** For starting, and for what the machine does besides. */
const SLACK_MS = 2_000;
/** Of an address and of one round trip in the report. */
const ADDRESS_BYTES = 64;
const ROUND_TRIP_BYTES = 16;
/** A program that only reports says nothing on stdout. */
const OUTPUT_BYTES = 4_096;

export function fping(path: string): PingTool {
  return {
    name: 'fping',
    path,
    most: MOST_ADDRESSES,
    send: async (volley, clock, signal) => {
      const { addresses, count } = volley;
      const end = await runProgram(
        {
          path,
          args: argumentsOf(volley),
          timeoutMs: durationMs(volley) + SLACK_MS,
          outputBytes: OUTPUT_BYTES,
          errorBytes: (addresses.length + 1) * (ADDRESS_BYTES + count * ROUND_TRIP_BYTES),
          ...(signal === undefined ? {} : { signal }),
        },
        clock,
      );
      const echoes = parseFping(end.stderr, addresses);
      if (echoes.size === 0) throw notSent(end);
      return echoes;
    },
  };
}

/** The longest it can take. */
export function durationMs({ addresses, count, spacingMs, waitMs }: Volley): number {
  const round = Math.max(spacingMs, addresses.length * PACKET_MS);
  return round * Math.max(0, count - 1) + addresses.length * PACKET_MS + waitMs;
}

/** Quiet, with a report at the end: a line per answer would wake the agent for every one of them. */
export function argumentsOf({ addresses, count, spacingMs, waitMs }: Volley): readonly string[] {
  return [
    ...['-q', '-C', String(count), '-p', String(spacingMs)],
    ...['-t', String(waitMs), '-i', String(PACKET_MS), '--', ...addresses],
  ];
}

/** `192.0.2.1 : 0.034 - 0.041`: milliseconds, or a dash for what was not answered. */
const REPORT = /^(\S+)\s*:((?: (?:[\d.]+|-))+)$/;

/** Every address that was asked is in the report, so of one that is missing nothing is known. */
export function parseFping(
  report: string,
  addresses: readonly string[],
): ReadonlyMap<string, Echoes> {
  const asked = new Set(addresses);
  const found = new Map<string, Echoes>();
  // What follows the last line's end was cut off.
  for (const line of report.split('\n').slice(0, -1)) {
    const [, address = '', said = ''] = REPORT.exec(line) ?? [];
    if (!asked.has(address)) continue;
    const times = said.trim().split(' ').map(Number);
    const roundTripsMs = times.filter((time) => Number.isFinite(time));
    found.set(address, { sent: times.length, roundTripsMs, hopLimit: null });
  }
  return found;
}

function notSent({ stderr, stopped }: ProgramEnd): Failure {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  const reason = stopped === null ? said || 'it says no reason' : `it was ended (${stopped})`;
  return new Failure('unavailable', `fping cannot send: ${reason}`, {
    hint: 'agent doctor says which right is missing',
  });
}
