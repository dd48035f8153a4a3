/** The fault report in the form that is asked for. */
import { Failure } from '../../../shared/errors.ts';
import type { FaultView, ReportForm } from '../faults.ts';
import type { LevelPolicy } from '../levels.ts';
import { reportDocument } from './report-document.ts';
import { reportHtml } from './report-html.ts';

/** Throws `bad_request` for a time zone that is none. */
export async function renderFaultReport(
  view: FaultView,
  levels: LevelPolicy,
  form: ReportForm,
): Promise<Buffer> {
  checkZone(form.timezone);
  const document = reportDocument(view, levels, form);
  if (form.format === 'html') return Buffer.from(reportHtml(document));
  // A megabyte that only this needs.
  const { reportDocx } = await import('./report-docx.ts');
  return reportDocx(document);
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw new Failure('bad_request', `${JSON.stringify(zone.slice(0, 64))} is not a time zone`, {
      hint: 'write an IANA name such as Asia/Shanghai',
    });
  }
}
