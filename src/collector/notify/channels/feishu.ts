/**
 * A Feishu (Lark) group robot
 * (https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot): a card by POST; signed when
 * the robot asks for it: the body carries the time in seconds and the base64 of HMAC-SHA256 over
 * nothing with "time\nsecret" as the key. At most 20 KB; a hundred messages a minute.
 */
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { common, defineKind, type SendResult } from '../channel.ts';
import { postJson } from '../http-post.ts';
import { readSecretFile, secretFile, secretProblems } from '../secret-file.ts';
import { cutBytes, robotResult } from './robot-answer.ts';

const schema = z.strictObject({
  kind: z.literal('feishu'),
  url_file: secretFile,
  secret_file: secretFile.optional(),
  plain_http: z.boolean().default(false),
  ...common,
});

const TEXT_MOST_BYTES = 16_000;
/** Called too often; the service's own troubles. */
const PASSING: readonly number[] = [9499, 11232, 19022];
/** Colour of the card's head by level. */
const COLOURS = Object.freeze({ 1: 'red', 2: 'orange', 3: 'yellow', 4: 'grey' } as const);

export const feishu = defineKind({
  kind: 'feishu',
  schema,
  to: 'optional',
  toPattern: /^[\w-]{1,64}$/,
  perMinute: 60,
  check: ({ url_file, secret_file }, base) => secretProblems(base, { url_file, secret_file }),
  open: (settings, doors, base) => {
    const url = readSecretFile(base, settings.url_file);
    const secret =
      settings.secret_file === undefined ? null : readSecretFile(base, settings.secret_file);
    return {
      send: ({ subject, markdown, to, over, level }) => {
        const seconds = String(Math.floor(doors.clock.now() / 1_000));
        const signed = secret === null ? {} : { timestamp: seconds, sign: signOf(seconds, secret) };
        const reminded = to === '' ? '' : `<at id=${to}></at>\n`;
        const content = cutBytes(`${reminded}${markdown}`, TEXT_MOST_BYTES);
        const card = {
          header: {
            title: { tag: 'plain_text', content: subject },
            template: over ? 'green' : COLOURS[level],
          },
          elements: [{ tag: 'div', text: { tag: 'lark_md', content } }],
        };
        const json = { ...signed, msg_type: 'interactive', card };
        return postJson({ url, plainHttp: settings.plain_http, json }, doors, judge);
      },
    };
  },
});

export function signOf(seconds: string, secret: string): string {
  return createHmac('sha256', `${seconds}\n${secret}`).digest('base64');
}

function judge(body: unknown): SendResult {
  const { code, StatusCode, msg } = body as Record<string, unknown>;
  return robotResult('code', { code: code ?? StatusCode, text: msg }, PASSING);
}
