import { describe, expect, it } from 'vitest';
import { checkEncoding, writeVersion } from '../../../src/collector/ingest/media.ts';

describe('writeVersion', () => {
  it.each([
    ['application/x-protobuf', 1],
    ['Application/X-Protobuf', 1],
    ['application/x-protobuf;proto=prometheus.WriteRequest', 1],
    ['application/x-protobuf; proto="prometheus.WriteRequest"', 1],
    ['application/x-protobuf;proto=io.prometheus.write.v2.Request', 2],
    ['application/x-protobuf ; proto=io.prometheus.write.v2.Request', 2],
  ])('takes %s', (type, version) => {
    expect(writeVersion(type)).toBe(version);
  });

  it.each([
    [undefined],
    [''],
    ['application/json'],
    ['application/x-protobuf2'],
    ['application/x-protobuf;'],
    ['application/x-protobuf;proto='],
    ['application/x-protobuf;proto=io.prometheus.write.v3.Request'],
    ['application/x-protobuf;proto=constructor'],
    ['application/x-protobuf;proto=__proto__'],
    ['application/x-protobuf;charset=utf-8'],
    ['application/x-protobuf;proto=prometheus.WriteRequest;proto=io.prometheus.write.v2.Request'],
    ['application/x-protobuf, application/json'],
    ['application/x-protobuf\t'],
    [' application/x-protobuf'],
    ['application/x-protobuf;proto="prometheus.WriteRequest'],
    ['application/x-protobuf\n'],
    ['text/plain;application/x-protobuf'],
  ])('refuses %j', (type) => {
    expect(() => writeVersion(type)).toThrow(
      expect.objectContaining({ code: 'unsupported_media' }),
    );
  });
});

describe('checkEncoding', () => {
  it('takes snappy and nothing else', () => {
    expect(() => checkEncoding('snappy')).not.toThrow();
    expect(() => checkEncoding('Snappy')).not.toThrow();
  });

  it.each([
    [undefined],
    [''],
    ['identity'],
    ['gzip'],
    ['br'],
    ['zstd'],
    ['deflate'],
    ['compress'],
    ['x-gzip'],
    ['snappy, snappy'],
    ['snappy,gzip'],
    ['gzip, snappy'],
    ['snappy;q=1'],
    ['x-snappy-framed'],
    ['snappy '],
    [' snappy'],
    ['snappy\u0000'],
    ['SNAPPY,'],
    ['*'],
    ['none'],
  ])('refuses %j', (encoding) => {
    expect(() => checkEncoding(encoding)).toThrow(
      expect.objectContaining({ code: 'unsupported_media' }),
    );
  });
});
