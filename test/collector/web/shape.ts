/** Whether an answer is what its route documents: nothing missing, nothing that nobody wrote down. */
import { expect } from 'vitest';
import type { z } from 'zod';
import type { Route } from '../../../src/collector/web/route.ts';

export function expectShape(routes: readonly Route[], url: string, answer: unknown): void {
  const path = url.split('?')[0] ?? '';
  const exact = routes.find((route) => route.method === 'GET' && route.path === path);
  const route =
    exact ??
    routes.find(
      (one) =>
        one.method === 'GET' && new RegExp(`^${one.path.replace(/:\w+/g, '[^/]+')}$`).test(path),
    );
  const shape = route?.answer as z.ZodType;
  expect(shape.safeParse(answer).error, url).toBeUndefined();
  expect(shape.parse(answer), url).toEqual(answer);
}
