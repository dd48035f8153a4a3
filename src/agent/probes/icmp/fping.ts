/** `fping`: many addresses in one process, asked in turn. */
import { Failure } from '../../../shared/errors.ts';
import { runProgram } from '../../../shared/programs.ts';
import type { Echoes, PingTool, Volley } from './tool.ts';

/** So many are asked within the time between two requests to one of them. */
const MOST_ADDRESSES = 250;
/** Between two packets, whoever they are for: the least that a user may ask for. */
const PACKET_MS = 1;
/** For starting, and for what the machine does besides. */
const SLACK_MS = 2_000;
const LINE_BYTES = 160;
/** 0: all answer, 1: some do not, 2: a name is unknown. Above: it could not work. */
const WORST_CODE = 2;

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
          outputBytes: (addresses.length + 1) * (count + 1) * LINE_BYTES,
          ...(signal === undefined ? {} : { signal }),
        },
        clock,
      );
      const failed = end.code === null ? end.stopped === null : end.code > WORST_CODE;
      if (failed && !/\[\d+\]/.test(end.stdout)) throw notSent(end.stderr);
      return parseFping(end.stdout, volley);
    },
  };
}

/** The longest it can take. */
export function durationMs({ addresses, count, spacingMs, waitMs }: Volley): number {
  const round = Math.max(spacingMs, addresses.length * PACKET_MS);
  return round * Math.max(0, count - 1) + addresses.length * PACKET_MS + waitMs;
}

export function argumentsOf({ addresses, count, spacingMs, waitMs }: Volley): readonly string[] {
  return [
    ...['-c', String(count), '-p', String(spacingMs)],
    ...['-t', String(waitMs), '-i', String(PACKET_MS), '--', ...addresses],
  ];
}

/** `192.0.2.1 : [0], 64 bytes, 0.034 ms (0.034 avg, 0% loss)` */
const ANSWER = /^(\S+)\s*: \[(\d+)\], \d+ bytes, ([\d.]+) ms/;

/** An address that is not mentioned was asked all the same, and gave no answer. */
export function parseFping(
  stdout: string,
  { addresses, count }: Pick<Volley, 'addresses' | 'count'>,
): ReadonlyMap<string, Echoes> {
  const roundTrips = new Map<string, number[]>(addresses.map((address) => [address, []]));
  for (const line of stdout.split('\n')) {
    const match = ANSWER.exec(line);
    if (match !== null) roundTrips.get(match[1] ?? '')?.push(Number(match[3]));
  }
  return new Map(
    [...roundTrips].map(([address, roundTripsMs]): [string, Echoes] => [
      address,
      { sent: count, roundTripsMs, hopLimit: null },
    ]),
  );
}

function notSent(stderr: string): Failure {
  const reason = stderr.trim().split('\n').at(-1) ?? '';
  return new Failure('unavailable', `fping cannot send: ${reason || 'it says no reason'}`, {
    hint: 'agent doctor says which right is missing',
  });
}
