/**
 * An SMS gateway by HTTP template: every provider has its own fields, so the body (or the query of
 * the URL) is a logic-less template over to, text, id and secret, escaped for its media type.
 */
import Mustache from 'mustache';
import { z } from 'zod';
import { common, defineKind, type SendResult } from '../channel.ts';
import { exchange, judgeStatus, plainReason } from '../http-post.ts';
import { readSecretFile, secretFile, secretProblems } from '../secret-file.ts';
import { templateProblems } from '../template-check.ts';

const TYPES = {
  json: 'application/json; charset=utf-8',
  form: 'application/x-www-form-urlencoded; charset=utf-8',
} as const;

const schema = z.strictObject({
  kind: z.literal('sms'),
  url_file: secretFile,
  plain_http: z.boolean().default(false),
  type: z.enum(['json', 'form']).default('json'),
  body: z.string().min(1).max(4_000).describe('Template over to, text, id, secret'),
  secret_file: secretFile.optional(),
  /** A gateway that answers 200 with an error inside: the field of its JSON and its good value. */
  accepted: z.strictObject({ field: z.string().min(1), equals: z.string() }).optional(),
  ...common,
});

const FIELDS = { to: 'text', text: 'text', id: 'text', secret: 'text' } as const;
type SmsSettings = z.infer<typeof schema>;

export const sms = defineKind({
  kind: 'sms',
  schema,
  to: 'required',
  toPattern: /^\+?\d{5,15}$/,
  perMinute: 60,
  check: ({ url_file, secret_file, body }, base) => [
    ...secretProblems(base, { url_file, secret_file }),
    ...templateProblems(body, FIELDS).map(({ reason }) => ({ path: 'body', reason })),
  ],
  open: (settings, doors, base) => {
    const url = readSecretFile(base, settings.url_file);
    const secret =
      settings.secret_file === undefined ? '' : readSecretFile(base, settings.secret_file);
    return {
      send: async ({ to, short: text, id }) => {
        const fields = { to, text, id, secret };
        const body = Mustache.render(settings.body, fields, {}, { escape: escapeFor(settings) });
        const headers = { 'content-type': TYPES[settings.type] };
        const plainHttp = settings.plain_http;
        const answer = await exchange({ url, plainHttp, headers, body }, doors);
        if ('outcome' in answer) return answer;
        return judgeStatus(answer) ?? judge(answer.body, settings);
      },
    };
  },
});

function escapeFor({ type }: SmsSettings): (text: string) => string {
  if (type === 'form') return encodeURIComponent;
  return (text) => JSON.stringify(String(text)).slice(1, -1);
}

function judge(body: string, { accepted }: SmsSettings): SendResult {
  if (accepted === undefined) return { outcome: 'accepted', reason: '' };
  let value: unknown;
  try {
    value = (JSON.parse(body) as Record<string, unknown>)[accepted.field];
  } catch {
    value = undefined;
  }
  if (String(value) === accepted.equals) return { outcome: 'accepted', reason: '' };
  return {
    outcome: 'refused',
    reason: plainReason(`${accepted.field} was ${String(value)}: ${body}`),
  };
}
