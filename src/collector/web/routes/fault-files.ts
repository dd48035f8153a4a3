/** Files that belong to faults. */
import { z } from 'zod';
import { defineRoute, ReplyBody } from '../route.ts';
import { attachmentSchema, faultId, note, person } from '../schemas.ts';
import { writingOf } from './fault-writing.ts';

const ATTACHMENT_BYTES = 10 * 1024 * 1024;

export const FAULT_FILE_ROUTES = [
  defineRoute({
    method: 'POST',
    path: '/api/v1/faults/:id/attachments',
    auth: 'admin',
    summary: 'Attach a file: PNG, JPEG, PDF, text, Word, Excel or zip, at most 10 MiB',
    params: z.strictObject({ id: faultId }),
    query: z.strictObject({ name: z.string().min(1).max(200), by: person, note }),
    raw: true,
    bodyType: 'application/octet-stream',
    bodyBytes: ATTACHMENT_BYTES,
    answer: attachmentSchema,
    handle: ({ doors, params: { id }, query, body, headers, actor }) => {
      const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
      const content = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      const step = { by: query.by, note: query.note, writing: writingOf(headers, actor) };
      return doors.faults.attach(id, { name: query.name, type: type.trim(), content }, step);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/faults/:id/attachments/:sha256',
    auth: 'read',
    summary: 'A file as it was attached',
    params: z.strictObject({ id: faultId, sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    answer: 'application/octet-stream',
    handle: async ({ doors, params: { id, sha256 } }) => {
      const { content, type, name } = await doors.faults.readAttachment(id, sha256);
      // Never shown inside the console's own origin, whatever its bytes are.
      const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
      return new ReplyBody({
        type,
        body: content,
        headers: { 'content-disposition': disposition },
      });
    },
  }),
];
