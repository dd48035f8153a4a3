/**
 * Charts as SVG text, drawn on the server. The library counts its instances into identifiers and
 * class names; they are replaced by the chart's own, so the same report is the same bytes whenever
 * and wherever it is made.
 */
import type { EChartsOption } from 'echarts';
import { escapeHtml, visible } from '../markup.ts';

type Library = typeof import('echarts');

let library: Promise<Library> | undefined;

/** The one-file build loads in a sixth of the time of the module tree. */
function load(): Promise<Library> {
  // @ts-expect-error The one-file build is typed as the package itself.
  library ??= import('echarts/dist/echarts.esm.min.mjs') as Promise<Library>;
  return library;
}

export interface Drawing {
  /** Unique inside the page: letters, digits and dashes. */
  readonly id: string;
  /** What the picture shows, for those who do not see it. */
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly option: EChartsOption;
}

export async function drawSvg({ id, title, width, height, option }: Drawing): Promise<string> {
  const { init } = await load();
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...option });
    return stable(chart.renderToSVGString(), { id, title });
  } finally {
    chart.dispose();
  }
}

/** Text content is escaped by the library; the title is escaped here. */
function stable(svg: string, { id, title }: { id: string; title: string }): string {
  return visible(svg)
    .replace(/<style\b[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ class="[^"]*"/g, '')
    .replace(/font-family:[^;"]*;/g, '')
    .replace(/\bzr\d+-/g, `${id}-`)
    .replace(/^<svg /, () => `<svg role="img" aria-label="${escapeHtml(title)}" `)
    .replace(/\n\s*/g, '\n');
}
