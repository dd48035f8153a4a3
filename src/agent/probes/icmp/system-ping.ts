/**
 * The system's `ping`, one process per address. The `ping` package knows what each platform's
 * program takes and prints; starting it stays with us: no inherited environment, a time, a cap.
 */
import builders from 'ping/lib/builder/factory.js';
import parsers from 'ping/lib/parser/factory.js';
import { Failure } from '../../../shared/errors.ts';
import { type ProgramEnd, runProgram } from '../../../shared/programs.ts';
import type { Echoes, PingTool, Volley } from './tool.ts';

const OUTPUT_BYTES = 16_384;
const SLACK_MS = 1_000;
/** iputils: 0 when something answered, 1 when nothing did, 2 for everything else. */
const WORST_CODE = 1;

export function systemPing(path: string, platform = process.platform): PingTool {
  return {
    name: 'ping',
    path,
    most: 1,
    send: async (volley, clock, signal) => {
      const [address = ''] = volley.addresses;
      const { count, spacingMs, waitMs } = volley;
      const end = await runProgram(
        {
          path,
          args: pingArguments(address, volley, platform),
          timeoutMs: count * spacingMs + waitMs + SLACK_MS,
          outputBytes: OUTPUT_BYTES,
          ...(signal === undefined ? {} : { signal }),
        },
        clock,
      );
      return new Map([[address, parsePing(end, { address, count, platform })]]);
    },
  };
}

/** Linux takes fractions of a second and a `--`; elsewhere what the package knows. */
export function pingArguments(
  address: string,
  { count, spacingMs, waitMs }: Volley,
  platform: NodeJS.Platform,
): readonly string[] {
  const wait = Math.max(1, Math.ceil(waitMs / 1_000));
  if (platform !== 'linux') {
    const v6 = address.includes(':');
    const settings = { numeric: true, timeout: wait, min_reply: count, v6 };
    return builders.createBuilder(platform).getCommandArguments(address, settings);
  }
  // Below 0.2 s only root may ask.
  const spacing = Math.max(0.2, spacingMs / 1_000);
  return ['-n', '-c', String(count), '-i', String(spacing), '-W', String(wait), '--', address];
}

interface Asked {
  readonly address: string;
  readonly count: number;
  readonly platform: NodeJS.Platform;
}

export function parsePing(end: ProgramEnd, { address, count, platform }: Asked): Echoes {
  const { code, stdout, stderr, stopped } = end;
  if (stopped === null && (code === null || code > WORST_CODE)) {
    const reason = (stderr || stdout).trim().split('\n').at(-1);
    throw new Failure('unavailable', `ping cannot send: ${reason || 'it says no reason'}`, {
      hint: 'agent doctor says which right is missing',
    });
  }
  const parser = parsers.createParser(address, platform, {});
  for (const line of stdout.split('\n')) parser.eat(line);
  const { times = [] } = parser.getResult();
  const hopLimit = /\b(?:ttl|hlim)[= ](\d+)/i.exec(stdout)?.[1];
  return {
    sent: count,
    roundTripsMs: times.filter((time) => Number.isFinite(time)),
    hopLimit: hopLimit === undefined ? null : Number(hopLimit),
  };
}
