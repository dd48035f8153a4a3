/**
 * The fault report, whole, against golden pages; the Word document says the same.
 * `UPDATE_GOLDEN=1` writes the pages anew; then look at the difference.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportDocument } from '../../../src/collector/faults/report/report-document.ts';
import { reportHtml } from '../../../src/collector/faults/report/report-html.ts';
import { projectFile } from '../../support/parts.ts';
import { context } from './context.ts';
import { LEVELS } from './ledger-entries.ts';
import { Room } from './room.ts';
import { breached, ok, START_MS } from './verdicts.ts';

const MINUTE_MS = 60_000;
let room: Room;
beforeEach(async () => {
  room = new Room();
  await room.open();
});
afterEach(() => room.close());

/** A switch dies, two hosts behind it are quiet; night, a spare part, a grave cause. */
async function live(): Promise<void> {
  room.context = context({
    impactOf: () => 'high',
    systemsOf: () => ['社保征缴', '财务报销'],
  });
  const power = { en: 'Power supply of the core switch failed', zh: '核心交换机电源故障' };
  await room.tick(
    breached('critical', { device: 'core-sw-1', item: '', rule: 'unreachable', summary: power }),
  );
  const quiet = { why: 'dependency', by: 'F-000001', note: 'behind core-sw-1' } as const;
  room.context = { ...room.context, quietOf: () => quiet };
  await room.tick(...['web-1', 'web-2'].map((device) => breached('critical', { device })));
  room.wait(3);
  await room.tick();
  room.wait(3);
  await room.tick();
  await room.do('responded', {
    by: '王芳',
    note: '已接警,前往机房',
    whenMs: START_MS + 4 * MINUTE_MS,
  });
  room.wait(6);
  await room.do('arrived', { by: '王芳', note: '' });
  await room.do('paused', { by: '王芳', reason: 'waiting_for_parts', note: '备件在途 <PSU-2>' });
  room.wait(45);
  await room.do('resumed', { by: '王芳', note: '备件到达' });
  room.wait(10);
  const record = {
    causeClass: 'power',
    cause: '电源模块老化烧毁\nThe power supply was worn out',
    measures: '更换电源模块',
    result: '双电源恢复冗余',
  };
  await room.do('repaired', { by: '王芳', note: '', record });
  room.context = context();
  room.wait(1);
  await room.tick(
    ok({ device: 'core-sw-1', item: '', rule: 'unreachable', sinceMs: room.clock.now() }),
  );
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
  const file = { name: '电源.png', type: 'image/png', content: png };
  await room.faults.attach('F-1', file, { by: '王芳', note: '' });
  await room.do('verified', { by: '李雷', note: '业务、性能、数据均正常' });
  await room.do('closed', { by: '李雷', note: '' });
}

const form = { timezone: 'Asia/Shanghai', organisation: '省信息中心' };

function expectGolden(name: string, text: string): void {
  const file = projectFile(`test/collector/faults/golden/${name}`);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

/** The text of a Word document, paragraph by paragraph. */
function wordText(docx: Buffer): string[] {
  const xml = unzip(docx, 'word/document.xml');
  return [...xml.matchAll(/<w:p[ >].*?<\/w:p>|<w:p\/>/gs)].map(([paragraph]) =>
    [...paragraph.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g)].map(([, text]) => text).join(''),
  );
}

/** One file of a zip, by its central directory. */
function unzip(zip: Buffer, name: string): string {
  let at = zip.readUInt32LE(zip.lastIndexOf('PK\u0005\u0006') + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [packed, nameBytes] = [zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28)];
    const rest = zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    if (zip.toString('utf8', at + 46, at + 46 + nameBytes) === name) {
      const local = zip.readUInt32LE(at + 42);
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      return inflateRawSync(zip.subarray(start, start + packed)).toString('utf8');
    }
    at += 46 + nameBytes + rest;
  }
  throw new Error(`no ${name} in the zip`);
}

const unescapeXml = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

describe('the fault report', () => {
  it.each(['zh-CN', 'en'] as const)(
    'is the golden page (%s), the same bytes each time',
    async (locale) => {
      await live();
      const html = await room.faults.report('F-1', { ...form, locale, format: 'html' });
      expectGolden(`fault-report.${locale}.html`, html.toString());
      await room.restart();
      const again = await room.faults.report('F-1', { ...form, locale, format: 'html' });
      expect(again.equals(html)).toBe(true);
    },
  );

  it('says in Word what it says on the page', async () => {
    await live();
    for (const locale of ['zh-CN', 'en'] as const) {
      const docx = await room.faults.report('F-1', { ...form, locale, format: 'docx' });
      const said = wordText(docx).map(unescapeXml);
      const document = reportDocument(await room.faults.show('F-1'), LEVELS, {
        ...form,
        locale,
        format: 'docx',
      });
      const texts = document.sections.flatMap(({ heading, blocks }, i) => [
        `${i + 1} ${heading}`,
        ...blocks.flatMap((block) =>
          block.kind === 'text'
            ? [block.text]
            : [...(block.kind === 'table' ? block.header : []), ...block.rows.flat()],
        ),
      ]);
      const missing = texts
        .flatMap((text) => text.split('\n'))
        .filter((text) => !said.includes(text));
      expect(missing).toEqual([]);
      expect(said).toContain(document.title);
    }
  });

  it('needs nothing from anywhere and runs nothing that somebody wrote', async () => {
    await room.tick(breached());
    await room.do('comment', { note: '<script>alert(1)</script> & "quoted"' });
    const html = (
      await room.faults.report('F-1', { ...form, locale: 'en', format: 'html' })
    ).toString();
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot;');
    expect(html).not.toMatch(/<script|src=|href=|@import|url\(/);
    expect(html).toContain('goes on');
  });

  it('tells every run of the clocks of a fault that came back', async () => {
    await room.tick(breached('critical'));
    room.wait(12);
    await room.do('responded');
    await room.tick();
    await room.tick(ok({ sinceMs: room.clock.now() }));
    room.wait(3);
    await room.tick(breached('critical'));
    const { earlier, fault } = await room.faults.show('F-1');
    expect(earlier.map(({ clocks, respondedMs }) => [clocks[0]?.state, respondedMs])).toEqual([
      ['missed', START_MS + 12 * MINUTE_MS],
    ]);
    expect(fault).toMatchObject({ respondedMs: null, clocks: [{ state: 'running' }, {}, {}] });
    const html = (
      await room.faults.report('F-1', { ...form, locale: 'en', format: 'html' })
    ).toString();
    expect(html.match(/<td>Respond<\/td>/g)).toHaveLength(2);
    expect(html).toContain('<td>missed</td>');
    expect(html).toContain('<th>Responded</th><td>2026-01-05 16:12:00</td>');
  });

  it('says from what to what a level and a time were changed, and what a clock was judged by', async () => {
    await room.tick(breached('critical'));
    room.wait(4);
    await room.do('responded', { note: 'on it' });
    room.wait(6);
    await room.do('levelled', { level: 1, note: 'everything is affected' });
    const moments = { respondedMs: START_MS + 2 * MINUTE_MS, beganMs: START_MS - 5 * MINUTE_MS };
    const excluded = {
      ...{ fromMs: START_MS + MINUTE_MS, toMs: START_MS + 2 * MINUTE_MS },
      reason: 'force_majeure' as const,
    };
    await room.do('corrected', { correction: { ...moments, excluded }, note: 'phone log' });
    await room.do('corrected', {
      correction: { respondedMs: START_MS + 3 * MINUTE_MS },
      note: 'again',
    });
    const document = reportDocument(await room.faults.show('F-1'), LEVELS, {
      ...{ ...form, timezone: 'Asia/Shanghai', locale: 'en', format: 'html' },
    });
    const notes = document.sections.flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === 'table' ? block.rows : [])),
    );
    const said = notes.map((row) => row.at(-1));
    expect(said).toContain('2 → 1; everything is affected');
    const [first] = said.filter((one) => one?.includes('phone log'));
    expect(first).toContain('responded: 2026-01-05 16:04:00 → 2026-01-05 16:02:00');
    expect(first).toContain('began: 2026-01-05 15:59:00 → 2026-01-05 15:55:00');
    expect(first).toContain(
      'not counted: 2026-01-05 16:01:00 – 2026-01-05 16:02:00 (force majeure)',
    );
    expect(said).toContain('responded: 2026-01-05 16:02:00 → 2026-01-05 16:03:00; again');
    // Ten minutes are the limit of level 2; it was raised to level 1 after somebody had answered.
    expect(notes.find(([clock]) => clock === 'Respond')).toEqual([
      ...['Respond', '2026-01-05 16:00:00', '10 min', '2026-01-05 16:11:00'],
      ...['2026-01-05 16:03:00', 'met'],
    ]);
  });

  it('names at most sixty devices and counts the rest', () => {
    const devices = Array.from({ length: 100 }, (_, i) => `host-${i}`);
    return room.tick(breached()).then(async () => {
      const view = { ...(await room.faults.show('F-1')), devices, symptoms: 99 };
      const page = reportHtml(
        reportDocument(view, LEVELS, { ...form, locale: 'en', format: 'html' }),
      );
      expect(page).toContain('host-59 …');
      expect(page).not.toContain('host-60');
      expect(page).toContain('<td>99</td>');
    });
  });
});
