/** The printed rendering: one self-contained page, no script, no request to anywhere. */
import type { CapacityDocument, Charts } from '../document.ts';
import type { Locale } from '../reports.ts';
import { quadrant } from './charts/quadrant.ts';
import { addChapter, reduceChapter } from './html/advice.ts';
import { appendix } from './html/appendix.ts';
import { cover } from './html/cover.ts';
import { faultsChapter } from './html/faults.ts';
import { insufficientChapter } from './html/insufficient.ts';
import { method } from './html/method.ts';
import { networkChapter } from './html/network.ts';
import { emptyChapter, pageOf } from './html/page.ts';
import { databaseChapter, storageChapter } from './html/storage.ts';
import { STYLE } from './html/style.ts';
import { summary } from './html/summary.ts';
import { usage } from './html/usage.ts';
import { html, markup } from './markup.ts';

export async function renderHtml(
  document: CapacityDocument,
  charts: Charts,
  locale: Locale,
): Promise<string> {
  const page = pageOf(document, charts, locale);
  const { labels } = page;
  const chapters = [
    summary(page, await quadrant(document, locale)),
    emptyChapter(page, 'followUp', labels.texts.noFollowUp),
    method(page),
    usage(page),
    await addChapter(page),
    await reduceChapter(page),
    await storageChapter(page),
    await databaseChapter(page),
    networkChapter(page),
    emptyChapter(page, 'availability', labels.texts.noAvailability),
    faultsChapter(page),
    insufficientChapter(page),
    appendix(page),
  ];
  const title = `${labels.title} ${document.month}`;
  return html`<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>${markup(STYLE)}</style></head>
<body>
${cover(page)}${chapters}</body></html>
`.text;
}
