/**
 * A plan laid out for the processor: what the live evaluation walks through at every arrival, flat
 * and in order. A thousand devices do not fit a processor's cache as objects; like this they do.
 */
import type { Cell, Figure, Output, Plan } from './plan.ts';

export interface Program {
  readonly cellSeries: Uint32Array;
  /** 0: the value itself; 1: a rate; 2: a rate that something may break. */
  readonly cellKind: Uint8Array;
  /** Sum s adds `sumCells` from `sumStarts[s]` to `sumStarts[s + 1]`. */
  readonly sumStarts: Int32Array;
  readonly sumCells: Int32Array;
  readonly sumCounts: Uint8Array;
  /**
   * Output o: `outputSums` from `outputStarts[4 o]` to `[4 o + 1]` are plus, from there to
   * `[4 o + 2]` minus, from there to `[4 o + 3]` over.
   */
  readonly outputStarts: Int32Array;
  readonly outputSums: Int32Array;
  readonly outputWhen: Int32Array;
  /** The only output of a figure, when nothing hides it; -1: there is something to choose. */
  readonly figureOutput: Int32Array;
}

export function compileProgram({ cells, sums, outputs, figures }: Plan): Program {
  const starts: number[] = [];
  const all: number[] = [];
  for (const { plus, minus, over } of outputs) {
    starts.push(all.length, all.length + plus.length);
    starts.push(all.length + plus.length + minus.length);
    all.push(...plus, ...minus, ...over);
    starts.push(all.length);
  }
  const sumStarts = new Int32Array(sums.length + 1);
  sums.forEach((sum, s) => {
    sumStarts[s + 1] = (sumStarts[s] ?? 0) + sum.cells.length;
  });
  return {
    cellSeries: Uint32Array.from(cells, ({ series }) => series),
    cellKind: Uint8Array.from(cells, kindOf),
    sumStarts,
    sumCells: Int32Array.from(sums.flatMap((sum) => [...sum.cells])),
    sumCounts: Uint8Array.from(sums, ({ counts }) => (counts ? 1 : 0)),
    outputStarts: Int32Array.from(starts),
    outputSums: Int32Array.from(all),
    outputWhen: Int32Array.from(outputs, ({ when }) => when),
    figureOutput: Int32Array.from(figures, (figure) => onlyOutput(figure, outputs)),
  };
}

const kindOf = ({ counter, guards }: Cell): number =>
  counter === null ? 0 : guards.length === 0 ? 1 : 2;

function onlyOutput(figure: Figure, outputs: readonly Output[]): number {
  const [only = -1] = figure.outputs;
  return figure.outputs.length === 1 && outputs[only]?.hiddenBy.length === 0 ? only : -1;
}
