/**
 * A DingTalk group robot (https://open.dingtalk.com/document/robots/custom-robot-access): markdown
 * by POST; signed when the robot asks for it: the query carries the time in milliseconds and the
 * base64 of HMAC-SHA256 over "time\nsecret" with the secret as key. Twenty messages a minute.
 */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { common, defineKind, type SendResult } from '../channel.ts';
import { postJson } from '../http-post.ts';
import { readSecretFile, secretFile, secretProblems } from '../secret-file.ts';
import { cutBytes, robotResult } from './robot-answer.ts';

const schema = z.strictObject({
  kind: z.literal('dingtalk'),
  url_file: secretFile,
  secret_file: secretFile.optional(),
  plain_http: z.boolean().default(false),
  ...common,
});

/** The service refuses longer bodies (20,000 bytes). */
const TEXT_MOST_BYTES = 18_000;
/** System busy; sent too fast. */
const PASSING: readonly number[] = [-1, 130101, 130102];

export const dingtalk = defineKind({
  kind: 'dingtalk',
  schema,
  to: 'optional',
  toPattern: /^(\+\d{1,4}-)?\d{5,15}$/,
  perMinute: 18,
  check: ({ url_file, secret_file }, base) => secretProblems(base, { url_file, secret_file }),
  open: (settings, doors, base) => {
    const address = readSecretFile(base, settings.url_file);
    const secret =
      settings.secret_file === undefined ? null : readSecretFile(base, settings.secret_file);
    return {
      send: ({ subject, markdown, to }) => {
        const url = secret === null ? address : signedUrl(address, secret, doors.clock.now());
        const at = { atMobiles: to === '' ? [] : [to], isAtAll: false };
        // Whoever is to be reminded must also be named in the text.
        const named = to === '' ? markdown : `${markdown}\n\n@${to}`;
        const text = cutBytes(named, TEXT_MOST_BYTES);
        const json = { msgtype: 'markdown', markdown: { title: subject, text }, at };
        return postJson({ url, plainHttp: settings.plain_http, json }, doors, judge);
      },
    };
  },
});

export function signedUrl(address: string, secret: string, nowMs: number): string {
  const url = new URL(address);
  const sign = createHmac('sha256', secret).update(`${nowMs}\n${secret}`).digest('base64');
  url.searchParams.set('timestamp', String(nowMs));
  url.searchParams.set('sign', sign);
  return url.href;
}

function judge(body: unknown): SendResult {
  const { errcode, errmsg } = body as { errcode?: unknown; errmsg?: unknown };
  return robotResult('errcode', { code: errcode, text: errmsg }, PASSING);
}
