/** A progress bar on a terminal; nothing elsewhere, so that logs stay readable. */
import type { Clock } from '../../shared/clock.ts';
import type { Output } from './cli.ts';

const WIDTH = 30;
const REDRAW_MS = 100;

export interface ProgressBar {
  show(done: number, total: number, text: string): void;
  /** Clears the line. */
  end(): void;
}

export function progressBar(output: Output, clock: Clock): ProgressBar {
  let drawnMs = Number.NEGATIVE_INFINITY;
  let drawn = '';
  return {
    show: (done, total, text) => {
      const now = clock.monotonic();
      if (!output.isTerminal || now - drawnMs < REDRAW_MS) return;
      drawnMs = now;
      const share = total > 0 ? Math.min(1, done / total) : 0;
      const filled = Math.round(share * WIDTH);
      const bar = `${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}`;
      const line = `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${text}`;
      output.write(`\r${line}${' '.repeat(Math.max(0, drawn.length - line.length))}`);
      drawn = line;
    },
    end: () => {
      if (drawn !== '') output.write(`\r${' '.repeat(drawn.length)}\r`);
      drawn = '';
    },
  };
}
