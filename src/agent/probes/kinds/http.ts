/** `http`: one request; status, headers, body and JSON of its answer as expected? */
import * as z from 'zod';
import {
  requestComplaints,
  requestDestination,
  requestFields,
  valueNameComplaints,
} from '../http/request.ts';
import { Session, sessionFields } from '../http/session.ts';
import { commonFields, defineKind } from '../kind.ts';

export const http = defineKind({
  schema: (directory: string) =>
    z.strictObject({
      kind: z.literal('http'),
      ...commonFields,
      ...requestFields,
      ...sessionFields(directory),
    }),
  complaints: (spec) => [
    ...valueNameComplaints('secrets', spec.secrets),
    ...requestComplaints(spec, new Set(Object.keys(spec.secrets ?? {})), true),
  ],
  destinations: requestDestination,
  run: async (spec, look) => {
    const session = new Session(spec, look);
    try {
      await session.ask(spec);
    } catch (error) {
      throw session.plain(error);
    } finally {
      session.noteTimes();
      look.trace.redact(session.values);
    }
  },
});
