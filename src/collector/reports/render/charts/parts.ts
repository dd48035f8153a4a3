/** Pieces that the charts of load and of storage share. */
import type { LineSeriesOption } from 'echarts';
import { plain } from '../../wording/numbers.ts';
import { ACCENT, axisText, BAND, GRID, INK } from './theme.ts';

export type Points = readonly (number | null)[] | readonly (readonly [number, number])[];

/** The words of a chart in the reader's language. */
export interface ChartWords {
  readonly title: string;
  readonly unit: string;
  readonly present: string;
  readonly advised: string;
}

/** Bytes are drawn in GB, shares in percent, cores as they are. */
export function scaleOf(unit: string): number {
  if (unit === 'ratio') return 0.01;
  return unit === 'cores' ? 1 : 1024 ** 3;
}

export function line(
  data: Points,
  style: { readonly color: string; readonly width: number; readonly type?: 'dashed' | 'dotted' },
): LineSeriesOption {
  return {
    type: 'line',
    silent: true,
    symbol: 'none',
    data: data as NonNullable<LineSeriesOption['data']>,
    lineStyle: style,
  };
}

/** A filled band: an invisible line below and the width stacked on it. */
export function band(name: string, low: Points, width: Points): readonly LineSeriesOption[] {
  const invisible = { color: BAND, width: 0 };
  return [
    { ...line(low, invisible), stack: name },
    { ...line(width, invisible), stack: name, areaStyle: { color: BAND, opacity: 1 } },
  ];
}

/** Lines across the chart at the present size and, where it differs, the advised one. */
export function sizeLines(
  sizes: { readonly current: number; readonly target: number; readonly scale: number },
  words: ChartWords,
  at: 'start' | 'end',
): NonNullable<LineSeriesOption['markLine']> {
  const { current, target, scale } = sizes;
  const across = (name: string, value: number, advised: boolean) => ({
    yAxis: value / scale,
    lineStyle: {
      color: advised ? ACCENT : INK,
      type: advised ? ('dashed' as const) : ('solid' as const),
      width: 1.2,
    },
    label: {
      formatter: `${name} ${plain(value / scale)} ${words.unit}`.trim(),
      position: at === 'start' ? ('insideStartTop' as const) : ('insideEndTop' as const),
      color: advised ? ACCENT : INK,
      fontSize: 10,
      distance: 2,
    },
  });
  const advised = target === current ? [] : [across(words.advised, target, true)];
  return {
    silent: true,
    symbol: 'none',
    data: [across(words.present, current, false), ...advised],
  };
}

export function valueAxis(top: number, unit: string, splits: number) {
  return {
    type: 'value' as const,
    min: 0,
    max: Number(top.toPrecision(3)),
    splitNumber: splits,
    axisLabel: {
      ...axisText,
      formatter: (value: number) => `${plain(value)} ${unit}`.trim(),
      showMaxLabel: false,
    },
    splitLine: { lineStyle: { color: GRID } },
  };
}
