/** The monthly capacity report (R28): survey → document → one rendering. */
import { chartsOf } from './charts-data.ts';
import { composeDocument } from './compose.ts';
import type { ReportDefinition } from './registry.ts';
import { renderCsv } from './render/csv.ts';
import { renderJson } from './render/json.ts';
import type { Rendering, ReportFormat, ReportReaders, ReportRequest } from './reports.ts';
import { survey } from './survey.ts';

const MEDIA_TYPES: Readonly<Record<ReportFormat, string>> = Object.freeze({
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
});

export const CAPACITY_REPORT: ReportDefinition = {
  name: 'capacity',
  formats: ['json', 'csv', 'html'],
  make: async (request: ReportRequest, readers: ReportReaders): Promise<Rendering> => ({
    fileName: `capacity-${request.month}.${request.locale}.${request.format}`,
    mediaType: MEDIA_TYPES[request.format],
    content: await contentOf(request, readers),
  }),
};

async function contentOf(request: ReportRequest, readers: ReportReaders): Promise<string> {
  const surveyed = await survey(request, readers, request.format === 'html');
  const { fromMs, toMs } = surveyed.window.month;
  const document = composeDocument(request, surveyed, await readers.faults(fromMs, toMs));
  if (request.format === 'json') return renderJson(document, request.locale);
  if (request.format === 'csv') return renderCsv(document, request.locale);
  // The chart library is large: only a printed report pays for loading it.
  const { renderHtml } = await import('./render/html.ts');
  return renderHtml(
    document,
    await chartsOf(document, surveyed, { request, readers }),
    request.locale,
  );
}
