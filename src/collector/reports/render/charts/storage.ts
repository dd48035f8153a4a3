/** A store's past and what it foretells: history, trend, the fan of futures, size and advised size. */
import type { LineSeriesOption } from 'echarts';
import { dateOfDay } from '../../calendar.ts';
import type { StorageChart } from '../../document.ts';
import { band, type ChartWords, line, scaleOf, sizeLines, valueAxis } from './parts.ts';
import { drawSvg } from './svg.ts';
import { ACCENT, axisText, GREY, INK } from './theme.ts';

const LABEL_DAYS = 30;

type Point = readonly [number, number];

export function storageChart(
  chart: StorageChart,
  options: { readonly id: string; readonly words: ChartWords },
): Promise<string> {
  const { row, history, fanDays } = chart;
  const { words, id } = options;
  const scale = scaleOf(row.unit);
  const { current, target } = row.decision;
  const top = Math.max(current, target, ...history.values) / scale;
  return drawSvg({
    id,
    title: words.title,
    width: 660,
    height: 170,
    option: {
      grid: { left: 56, right: 10, top: 10, bottom: 22 },
      xAxis: {
        type: 'value',
        min: history.days[0] ?? 0,
        max: (history.days.at(-1) ?? 0) + (fanDays.at(-1) ?? 0),
        interval: LABEL_DAYS,
        axisLine: { lineStyle: { color: GREY } },
        splitLine: { show: false },
        axisTick: { show: false },
        axisLabel: {
          ...axisText,
          showMaxLabel: false,
          formatter: (day: number) => dateOfDay(Math.round(day)).slice(2),
        },
      },
      yAxis: valueAxis(top * 1.1, words.unit, 3),
      series: linesOf(chart, scale, sizeLines({ current, target, scale }, words, 'start')),
    },
  });
}

/** From the back to the front: fan, median, trend, past. */
function linesOf(
  chart: StorageChart,
  scale: number,
  markLine: LineSeriesOption['markLine'],
): LineSeriesOption[] {
  const { history, fan, fanDays, trend, trendFrom } = chart;
  const lastDay = history.days.at(-1) ?? 0;
  const at = (day: number, value: number): Point => [
    day,
    Number((Math.max(0, value) / scale).toFixed(3)),
  ];
  const ahead = (values: Float64Array): Point[] => [
    at(lastDay, trend.atLast),
    ...fanDays.map((days, i) => at(lastDay + days, values[i] ?? NaN)),
  ];
  const low = ahead(fan.low);
  const width = ahead(fan.high).map(([day, value], i): Point => [day, value - (low[i]?.[1] ?? 0)]);
  const ends = [trendFrom, lastDay + (fanDays.at(-1) ?? 0)];
  const trendLine = ends.map((day) => at(day, trend.atLast + trend.perDay * (day - lastDay)));
  const past = Array.from(history.days, (day, i) => at(day, history.values[i] ?? NaN));
  return [
    ...band('fan', low, width),
    line(ahead(fan.middle), { color: GREY, width: 1.2, type: 'dotted' }),
    line(trendLine, { color: ACCENT, width: 1, type: 'dashed' }),
    { ...line(past, { color: INK, width: 1.4 }), ...(markLine ? { markLine } : {}) },
  ];
}
