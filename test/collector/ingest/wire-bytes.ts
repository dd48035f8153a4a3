/** Protobuf written by hand, so that tests do not trust the code they test. */

export function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return bytes;
}

export function fixed64(value: number): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [...bytes];
}

export function bytesField(number: number, content: readonly number[] | string): number[] {
  const bytes = typeof content === 'string' ? [...Buffer.from(content)] : content;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

export interface TestSample {
  readonly timeMs: number;
  readonly value: number;
}

export interface TestSeries {
  /** In the order they are written. */
  readonly labels: readonly (readonly [string, string])[];
  readonly samples: readonly TestSample[];
  readonly histograms?: number;
  readonly exemplars?: number;
}

/** As Prometheus writes it: zeros are left out, because proto3 leaves them out. */
export function sample({ timeMs, value }: TestSample): number[] {
  return [
    ...(Object.is(value, 0) ? [] : [0x09, ...fixed64(value)]),
    ...(timeMs === 0 ? [] : [0x10, ...varint(timeMs)]),
  ];
}

function repeated(field: number, count = 0): number[] {
  return Array.from({ length: count }, () => bytesField(field, [0x09, ...fixed64(1)])).flat();
}

export function seriesV1(series: TestSeries): number[] {
  return [
    ...series.labels.flatMap(([name, value]) =>
      bytesField(1, [...bytesField(1, name), ...bytesField(2, value)]),
    ),
    ...series.samples.flatMap((one) => bytesField(2, sample(one))),
    ...repeated(3, series.exemplars),
    ...repeated(4, series.histograms),
  ];
}

/** `prometheus.WriteRequest`. */
export function writeRequestV1(list: readonly TestSeries[]): Buffer {
  return Buffer.from(list.flatMap((series) => bytesField(1, seriesV1(series))));
}

/** `io.prometheus.write.v2.Request`; references packed as every encoder does, unless told. */
export function writeRequestV2(list: readonly TestSeries[], packed = true): Buffer {
  const symbols = [''];
  const ref = (text: string): number => {
    const found = symbols.indexOf(text);
    return found >= 0 ? found : symbols.push(text) - 1;
  };
  const series = list.map(({ labels, samples, histograms, exemplars }) => {
    const refs = labels.flatMap(([name, value]) => [ref(name), ref(value)]);
    return bytesField(5, [
      ...(packed
        ? bytesField(1, refs.flatMap(varint))
        : refs.flatMap((one) => [0x08, ...varint(one)])),
      ...samples.flatMap((one) => bytesField(2, sample(one))),
      ...repeated(3, histograms),
      ...repeated(4, exemplars),
      ...bytesField(5, [0x08, 0x01]),
    ]);
  });
  return Buffer.from([...symbols.flatMap((text) => bytesField(4, text)), ...series.flat()]);
}
