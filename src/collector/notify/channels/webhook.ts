/**
 * A generic webhook: JSON, signed. The receiver computes HMAC-SHA256 with the shared secret over
 * the timestamp header, a full stop and the body's bytes, compares it with the signature header, and
 * refuses old timestamps (S38). `idempotency-key` is the same for a repetition.
 */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { ChannelDoors, Message, SendResult } from '../channel.ts';
import { common, defineKind } from '../channel.ts';
import { exchange, judgeStatus } from '../http-post.ts';
import { readSecretFile, secretFile, secretProblems } from '../secret-file.ts';

const schema = z.strictObject({
  kind: z.literal('webhook'),
  url_file: secretFile,
  secret_file: secretFile,
  plain_http: z.boolean().default(false),
  ...common,
});

export const webhook = defineKind({
  kind: 'webhook',
  schema,
  to: 'optional',
  perMinute: 120,
  check: ({ url_file, secret_file }, base) => secretProblems(base, { url_file, secret_file }),
  open: (settings, doors, base) => {
    const url = readSecretFile(base, settings.url_file);
    const secret = readSecretFile(base, settings.secret_file);
    return {
      send: (message) => deliver(message, { url, secret, plainHttp: settings.plain_http, doors }),
    };
  },
});

/** Hexadecimal, as most receivers' libraries give it. */
export function signature(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

interface Target {
  readonly url: string;
  readonly secret: string;
  readonly plainHttp: boolean;
  readonly doors: ChannelDoors;
}

async function deliver(message: Message, target: Target): Promise<SendResult> {
  const { url, secret, plainHttp, doors } = target;
  const { id, to, subject, text, notices } = message;
  const timestamp = String(Math.floor(doors.clock.now() / 1_000));
  const faults = notices.map(({ key, step, alert }) => ({
    key,
    step,
    ...alert,
    beganMs: undefined,
    endedMs: undefined,
    began: iso(alert.beganMs),
    ended: alert.endedMs === null ? null : iso(alert.endedMs),
  }));
  const body = JSON.stringify({ id, to, subject, text, faults });
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'idempotency-key': id,
    'x-watchkeeper-timestamp': timestamp,
    'x-watchkeeper-signature': `sha256=${signature(secret, timestamp, body)}`,
  };
  const answer = await exchange({ url, plainHttp, headers, body }, doors);
  if ('outcome' in answer) return answer;
  return judgeStatus(answer) ?? { outcome: 'accepted', reason: '' };
}

const iso = (ms: number): string => Temporal.Instant.fromEpochMilliseconds(ms).toString();
