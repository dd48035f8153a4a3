/**
 * A WeCom group robot (https://developer.work.weixin.qq.com/document/path/91770): markdown by POST,
 * at most 4,096 bytes, twenty messages a minute; the key in the URL is the only secret.
 */
import { z } from 'zod';
import { common, defineKind, type SendResult } from '../channel.ts';
import { postJson } from '../http-post.ts';
import { readSecretFile, secretFile, secretProblems } from '../secret-file.ts';
import { cutBytes, robotResult } from './robot-answer.ts';

const schema = z.strictObject({
  kind: z.literal('wecom'),
  url_file: secretFile,
  plain_http: z.boolean().default(false),
  ...common,
});

const CONTENT_MOST_BYTES = 4_096;
/** System busy; called too often. */
const PASSING: readonly number[] = [-1, 45009, 45033];

export const wecom = defineKind({
  kind: 'wecom',
  schema,
  to: 'optional',
  toPattern: /^[\w.@-]{1,64}$/,
  perMinute: 18,
  check: ({ url_file }, base) => secretProblems(base, { url_file }),
  open: (settings, doors, base) => {
    const url = readSecretFile(base, settings.url_file);
    return {
      send: ({ markdown, to }) => {
        const reminded = to === '' ? '' : `<@${to}>\n`;
        const content = cutBytes(`${reminded}${markdown}`, CONTENT_MOST_BYTES);
        const json = { msgtype: 'markdown', markdown: { content } };
        return postJson({ url, plainHttp: settings.plain_http, json }, doors, judge);
      },
    };
  },
});

function judge(body: unknown): SendResult {
  const { errcode, errmsg } = body as { errcode?: unknown; errmsg?: unknown };
  return robotResult('errcode', { code: errcode, text: errmsg }, PASSING);
}
