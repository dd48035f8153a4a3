import { describe, expect, test } from 'vitest';
import { CookieJar } from '../../../../src/agent/probes/http/cookies.ts';

const NOW = Date.UTC(2026, 0, 5);

/** The Cookie header that goes to `to` after `from` has set these. */
function sent(headers: string[], to: string, from = 'https://www.shop.example/app/login'): string {
  const jar = new CookieJar();
  jar.store(new URL(from), headers, NOW);
  return jar.header(new URL(to));
}

describe('a cookie goes back', () => {
  test.each([
    ['to its host', 'a=1', 'https://www.shop.example/app/x', 'a=1'],
    ['and not to another', 'a=1', 'https://shop.example/app/x', ''],
    ['and not to one below', 'a=1', 'https://x.www.shop.example/app/x', ''],
    ['below the folder of its page', 'a=1', 'https://www.shop.example/app', 'a=1'],
    ['and not beside it', 'a=1', 'https://www.shop.example/application', ''],
    ['everywhere with a path', 'a=1; Path=/', 'https://www.shop.example/', 'a=1'],
    ['in its path only', 'a=1; Path=/admin', 'https://www.shop.example/app/x', ''],
    [
      'to the domain it names',
      'a=1; Domain=shop.example; Path=/',
      'https://api.shop.example/',
      'a=1',
    ],
    ['also with a dot', 'a=1; Domain=.Shop.example; Path=/', 'https://shop.example/', 'a=1'],
    [
      'and not to a name that only ends alike',
      'a=1; Domain=shop.example; Path=/',
      'https://myshop.example/',
      '',
    ],
    ['over TLS alone when it says so', 'a=1; Secure; Path=/', 'http://www.shop.example/', ''],
    ['with its value as it is', 'a=x=y==; Path=/', 'https://www.shop.example/', 'a=x=y=='],
  ])('%s', (_, header, to, expected) => {
    expect(sent([header], to)).toBe(expected);
  });
});

describe('a cookie is not taken', () => {
  test.each([
    ['for the domain of others', 'a=1; Domain=other.example'],
    ['for a whole country', 'a=1; Domain=example'],
    ['without a name', '=1'],
    ['without a value', 'a'],
    ['when it has ended', 'a=1; Expires=Sun, 04 Jan 2026 00:00:00 GMT'],
    ['with no time to live', 'a=1; Max-Age=0'],
  ])('%s', (_, header) => {
    expect(sent([`${header}; Path=/`], 'https://www.shop.example/')).toBe('');
  });
});

test('a new value replaces the old one, an ended one removes it', () => {
  const jar = new CookieJar();
  const url = new URL('https://shop.example/');
  jar.store(url, ['sid=1', 'lang=zh'], NOW);
  jar.store(url, ['sid=2; Max-Age=60'], NOW);
  expect(jar.header(url)).toBe('lang=zh; sid=2');
  expect(jar.value('sid', url)).toBe('2');
  jar.store(url, ['sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], NOW);
  expect(jar.header(url)).toBe('lang=zh');
  expect(jar.value('sid', url)).toBeUndefined();
});

test('the more exact path comes first (RFC 6265)', () => {
  const headers = ['a=1; Path=/', 'b=2; Path=/app'];
  expect(sent(headers, 'https://www.shop.example/app/x')).toBe('b=2; a=1');
});

test('a page that sets cookies without end fills no memory', () => {
  const jar = new CookieJar();
  const url = new URL('https://shop.example/');
  jar.store(
    url,
    Array.from({ length: 1_000 }, (_, i) => `c${i}=1`),
    NOW,
  );
  expect(jar.header(url).split('; ')).toHaveLength(100);
});
