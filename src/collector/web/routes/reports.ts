/** Reports over HTTP: the same renderings as the command writes. */
import { z } from 'zod';
import { REPORT_POLICY } from '../headers.ts';
import { defineRoute, ReplyBody } from '../route.ts';

/** RFC 6266: the plain name for everybody, the exact one for those who read UTF-8. */
function disposition(format: string, fileName: string): string {
  const kind = format === 'csv' ? 'attachment' : 'inline';
  const plain = fileName.replace(/[^\w.-]/g, '_');
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}

export const REPORT_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/reports/:name',
    auth: 'read',
    summary: 'A report of one month',
    params: z.strictObject({ name: z.string().max(64) }),
    query: z.strictObject({
      month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'write YYYY-MM'),
      timezone: z.string().max(64).optional(),
      locale: z.enum(['zh-CN', 'en']).optional(),
      format: z.enum(['json', 'csv', 'html']).default('json'),
    }),
    answer: 'application/json, text/csv or text/html',
    handle: async ({ doors, params, query }) => {
      const rendering = await doors.actions.report({ ...params, ...query });
      return new ReplyBody({
        type: rendering.mediaType,
        body: rendering.content,
        headers: {
          'content-disposition': disposition(query.format, rendering.fileName),
          ...(query.format === 'html' ? { 'content-security-policy': REPORT_POLICY } : {}),
        },
      });
    },
  }),
];
