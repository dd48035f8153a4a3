/** Every server as a point: CPU P95 across, memory maximum up. Outliers carry their name. */

import type { ScatterSeriesOption } from 'echarts';
import { VERDICTS, type Verdict } from '../../decide/decision.ts';
import type { CapacityDocument, DeviceFinding } from '../../document.ts';
import type { Locale } from '../../reports.ts';
import { wordingOf } from '../../wording/wording.ts';
import { drawSvg } from './svg.ts';
import { axisText, FONT, GREY, GRID, INK, MARKS } from './theme.ts';

interface Point {
  readonly device: DeviceFinding;
  readonly x: number;
  readonly y: number;
}

const WORDS: Readonly<Record<Locale, { title: string; x: string; y: string }>> = {
  'zh-CN': { title: 'CPU P95 × 内存最大值', x: 'CPU P95 %', y: '内存最大 %' },
  en: { title: 'CPU P95 × memory maximum', x: 'CPU P95 %', y: 'memory maximum %' },
};

/** Null when no server has both figures. */
export async function quadrant(document: CapacityDocument, locale: Locale): Promise<string | null> {
  const points = document.devices.flatMap((device) => pointOf(device));
  if (points.length === 0) return null;
  const words = WORDS[locale];
  const { verdicts } = wordingOf(locale);
  const { cpu, memory, report } = document.policy;
  const labelled = new Set(outliers(points, report.labels));
  const marks = VERDICTS.filter((verdict) =>
    points.some(({ device }) => device.verdict === verdict),
  );
  // The limits that decide: beyond them a server is short of the resource.
  const markLine = {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: INK, type: 'dashed' as const, width: 1 },
    data: [{ xAxis: cpu.add_p95 * 100 }, { yAxis: memory.add_p95 * 100 }],
  };
  return drawSvg({
    id: 'quadrant',
    title: words.title,
    width: 660,
    height: 400,
    option: {
      grid: { left: 50, right: 16, top: 34, bottom: 44 },
      legend: {
        top: 0,
        left: 44,
        itemWidth: 10,
        itemHeight: 10,
        itemGap: 16,
        textStyle: { ...axisText, color: INK, fontSize: 11 },
        data: marks.map((verdict) => verdicts[verdict]),
      },
      xAxis: axis(words.x, 24),
      yAxis: axis(words.y, 32),
      series: marks.map((verdict, i) => ({
        ...cloud(
          verdict,
          points.filter(({ device }) => device.verdict === verdict),
          labelled,
        ),
        name: verdicts[verdict],
        ...(i === 0 ? { markLine } : {}),
      })),
    },
  });
}

/** The points of one verdict. */
function cloud(
  verdict: Verdict,
  points: readonly Point[],
  labelled: ReadonlySet<Point>,
): ScatterSeriesOption {
  const { symbol, color, hollow } = MARKS[verdict];
  return {
    type: 'scatter',
    silent: true,
    symbol,
    symbolSize: 8,
    itemStyle: { color: hollow ? '#fff' : color, borderColor: color, borderWidth: 1.2 },
    label: { show: false, fontFamily: FONT, fontSize: 10, color: INK, position: 'top' },
    data: points.map((point) => ({
      value: [point.x, point.y],
      label: { show: labelled.has(point), formatter: short(point.device.device) },
    })),
  };
}

function axis(name: string, gap: number) {
  return {
    type: 'value' as const,
    name,
    nameLocation: 'middle' as const,
    nameGap: gap,
    nameTextStyle: { ...axisText, color: INK },
    min: 0,
    max: 110,
    interval: 20,
    axisLabel: { ...axisText, showMaxLabel: false },
    axisLine: { show: true, lineStyle: { color: GREY } },
    splitLine: { lineStyle: { color: GRID } },
  };
}

/** Braces would be read as a template by the label formatter. */
function short(name: string): string {
  const safe = name.replace(/[{}]/g, '·');
  return safe.length > 24 ? `${safe.slice(0, 23)}…` : safe;
}

function pointOf(device: DeviceFinding): Point[] {
  const of = (resource: 'cpu' | 'memory') => device.rows.find((row) => row.resource === resource);
  const cap = (share: number): number => Number((Math.min(1.08, share) * 100).toFixed(2));
  const x = cap(of('cpu')?.statistics.p95 ?? NaN);
  const y = cap(of('memory')?.statistics.max ?? NaN);
  return Number.isNaN(x) || Number.isNaN(y) ? [] : [{ device, x, y }];
}

/** Room that one name takes, in points of the axes. */
const NAME_WIDTH = 11;
const NAME_HEIGHT = 6;

/** Those that ask for something, the farthest from the origin first, where names do not collide. */
function outliers(points: readonly Point[], limit: number): readonly Point[] {
  const named: Point[] = [];
  const candidates = points
    .filter(({ device }) => device.verdict !== 'keep' && device.verdict !== 'insufficient')
    .sort((a, b) => b.x ** 2 + b.y ** 2 - (a.x ** 2 + a.y ** 2));
  for (const point of candidates) {
    const free = named.every(
      ({ x, y }) => Math.abs(x - point.x) > NAME_WIDTH || Math.abs(y - point.y) > NAME_HEIGHT,
    );
    if (free && named.length < limit) named.push(point);
  }
  return named;
}
