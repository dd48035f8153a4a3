/** One flagged server over the month: the P5–P95 band, the median, its size and the advised size. */
import { formatInstant } from '../../calendar.ts';
import type { Strip } from '../../document.ts';
import { band, type ChartWords, line, scaleOf, sizeLines, valueAxis } from './parts.ts';
import { drawSvg } from './svg.ts';
import { axisText, GREY, INK } from './theme.ts';

/** Points between two dates on the axis: five days of four points. */
const LABEL_EVERY = 20;

export function strip(
  drawn: Strip,
  options: { readonly id: string; readonly timezone: string; readonly words: ChartWords },
): Promise<string> {
  const { row, p5, p50, p95, times } = drawn;
  const { words, id, timezone } = options;
  const scale = scaleOf(row.unit);
  const { current, target } = row.decision;
  const figures = (values: Float64Array): (number | null)[] =>
    Array.from(values, (value) =>
      Number.isNaN(value) ? null : Number((value / scale).toFixed(3)),
    );
  const width = p95.map((value, i) => value - (p5[i] ?? NaN));
  const top = Math.max(current, target, ...p95.filter((value) => !Number.isNaN(value))) / scale;
  return drawSvg({
    id,
    title: words.title,
    width: 660,
    height: 118,
    option: {
      grid: { left: 40, right: 8, top: 8, bottom: 20 },
      xAxis: {
        type: 'category',
        boundaryGap: false,
        data: times.map((ms) => formatInstant(ms, timezone).slice(5, 10)),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: GREY } },
        axisLabel: { ...axisText, interval: (i: number) => i % LABEL_EVERY === 0 },
      },
      yAxis: valueAxis(top * 1.08, words.unit, 2),
      series: [
        ...band('load', figures(p5), figures(width)),
        {
          ...line(figures(p50), { color: INK, width: 1.1 }),
          markLine: sizeLines({ current, target, scale }, words, 'end'),
        },
      ],
    },
  });
}
