/**
 * Datagrams as Debian's snmptrap and snmpinform write them, for the community `secret-community`
 * and the user `watch`, and ways to damage them.
 */

const hex = (...parts: readonly string[]): Buffer => Buffer.from(parts.join(''), 'hex');

export const DATAGRAMS = {
  'v1 linkDown': hex(
    '304202010004107365637265742d636f6d6d756e697479a42b06072b060104018f5b40040a09090902010202',
    '010043012a3011300f060a2b060102010202010103020103',
  ),
  'v1 upsOnBattery': hex(
    '305102010004107365637265742d636f6d6d756e697479a43a06072b06010401823e40040a09090902010602',
    '010543012a3020301e060b2b06010401823e02030300040f5550533a204f6e2062617474657279',
  ),
  'v2c linkDown': hex(
    '30818002010104107365637265742d636f6d6d756e697479a769020401feea10020100020100305b300d0608',
    '2b0601020101030043012a3017060a2b06010603010104010006092b0601060301010503300f060a2b060102',
    '010202010103020103300f060a2b060102010202010703020101300f060a2b060102010202010803020102',
  ),
  'v2c every type of value': hex(
    '3082011402010104107365637265742d636f6d6d756e697479a781fc02046a3ebeee0201000201003081ed30',
    '0d06082b0601020101030043012a3018060a2b060106030101040100060a2b06010401090901000130100608',
    '2b06010401090100040474657874300f06082b06010401090200040300ff10301006082b0601040109030040',
    '04c0000207301106082b0601040109040006052b06010201301106082b06010401090500420500ee6b280030',
    '0d06082b0601040109060041014d300f06082b06010401090700430301e240301506082b0601040109080046',
    '0900ffffffffffffffff300d06082b06010401090900040140301306082b06010401090a0044079f78043fc0',
    '0000300c06082b06010401090b000500',
  ),
  'v2c inform': hex(
    '305e02010104107365637265742d636f6d6d756e697479a64702046c07bf0f0201000201003039300d06082b',
    '0601020101030043012a3017060a2b06010603010104010006092b0601060301010504300f060a2b06010201',
    '0202010103020103',
  ),
  'v3 authPriv': hex(
    '3081b9020103301102047f4cba7a020300ffe3040103020103043f303d040880000000010203040201010203',
    '147c6d04057761746368041873a0227f20f33d73097d53819497f42e66794b4d36c2975f0408fb2ce9e25a02',
    'b0c604604fdfa13672912183f03b775f72168af6a0672dc690793e321b97d35f8c8ee953538fda6b7bb1f653',
    '35d2b4df24493678a9816ed00d007a73dc2358bb7891b6d039377b0313bdb95192cd8195d5101dfab51cee92',
    '372d5dc153a8c5a5e739ff17',
  ),
  'v3 authNoPriv': hex(
    '3081af0201033011020454a3cf96020300ffe304010102010304373035040880000000010203040201010203',
    '147c74040577617463680418cdd489cf8da3e73002c481d1100ef0a01c178d81a1538d510400305e04118000',
    '1f88801b94c47f985a026b000000000400a74702047b1e77800201000201003039300d06082b060102010103',
    '0043012a3017060a2b06010603010104010006092b0601060301010503300f060a2b06010201020201010302',
    '0103',
  ),
  'v3 noAuthNoPriv': hex(
    '308197020103301102042e17a56f020300ffe3040100020103041f301d040880000000010203040201010203',
    '147c7b0405776174636804000400305e041180001f88801b94c47f985a026b000000000400a7470204033d92',
    '9f0201000201003039300d06082b0601020101030043012a3017060a2b06010603010104010006092b060106',
    '0301010503300f060a2b060102010202010103020103',
  ),
  'v3 without a user': hex(
    '308192020103301102042e17a56f020300ffe3040100020103041a3018040880000000010203040201010203',
    '147c7b040004000400305e041180001f88801b94c47f985a026b000000000400a7470204033d929f02010002',
    '01003039300d06082b0601020101030043012a3017060a2b06010603010104010006092b0601060301010503',
    '300f060a2b060102010202010103020103',
  ),
  'v3 discovery of our engine': hex(
    '304f0201033011020456e0d275020300ffe30401040201030410300e04000201000201000400040004003025',
    '041180001f88801b94c47f985a026b000000000400a00e020411aa0dc00201000201003000',
  ),
} as const;

export type Random = () => number;

/** mulberry32: small, seeded. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SEEDS: readonly Buffer[] = Object.values(DATAGRAMS);
/** Lengths and tags that decoders trip over. */
const NASTY = [0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x30, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa4, 0xff];

/** One to six injuries to one of the datagrams. */
export function damaged(random: Random): Buffer {
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  let bytes = Buffer.from(pick(SEEDS));
  for (let left = 1 + below(6); left > 0; left--) {
    const at = below(bytes.length);
    switch (below(8)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
        break;
      case 1:
        bytes[at] = pick(NASTY);
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from([pick(NASTY)]),
          bytes.subarray(at),
        ]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(8))]);
        break;
      case 5: {
        const from = below(bytes.length);
        const piece = bytes.subarray(from, from + 1 + below(16));
        bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
        break;
      }
      case 6: {
        const other = pick(SEEDS);
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(below(other.length))]);
        break;
      }
      default:
        bytes[at] = below(256);
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes.subarray(0, 1_400);
}
