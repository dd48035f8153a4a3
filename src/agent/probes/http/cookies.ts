/** The cookies of one run (RFC 6265), as far as logging in somewhere needs them. */
interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Without a Domain attribute: sent to this host and to no other. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
}

/** A page that sets more is not logging anybody in. */
const MOST_COOKIES = 100;

export class CookieJar {
  #cookies: readonly Cookie[] = [];

  /** Takes in the Set-Cookie headers of an answer. */
  store(url: URL, headers: readonly string[], nowMs: number): void {
    for (const header of headers) {
      const parsed = parseCookie(header, url, nowMs);
      if (parsed === null) continue;
      const { cookie, ended } = parsed;
      const others = this.#cookies.filter((each) => !isSame(each, cookie));
      this.#cookies = ended ? others : [...others, cookie].slice(-MOST_COOKIES);
    }
  }

  /** The Cookie header for a request, '' for none. */
  header(url: URL): string {
    return this.#cookies
      .filter((cookie) => fits(cookie, url))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** What a later step may ask for by name. */
  value(name: string, url: URL): string | undefined {
    return this.#cookies.find((cookie) => cookie.name === name && fits(cookie, url))?.value;
  }
}

const isSame = (a: Cookie, b: Cookie): boolean =>
  a.name === b.name && a.domain === b.domain && a.path === b.path;

function fits({ domain, hostOnly, path, secure }: Cookie, url: URL): boolean {
  const isHost = url.hostname === domain || (!hostOnly && url.hostname.endsWith(`.${domain}`));
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const isPath = url.pathname === path || url.pathname.startsWith(prefix);
  return isHost && isPath && (!secure || url.protocol === 'https:');
}

function parseCookie(header: string, url: URL, nowMs: number) {
  const [pair = '', ...rest] = header.split(';');
  const at = pair.indexOf('=');
  if (at < 1) return null;
  const attributes = new Map(
    rest.map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()] as const;
    }),
  );
  const domain = (attributes.get('domain') ?? '').replace(/^\./, '').toLowerCase();
  // A host may set cookies for its own domain and for nobody else's.
  const isOthers = domain !== '' && domain !== url.hostname && !isBelow(url.hostname, domain);
  if (isOthers) return null;
  const path = attributes.get('path') ?? '';
  const cookie: Cookie = {
    name: pair.slice(0, at).trim(),
    value: pair.slice(at + 1).trim(),
    domain: domain === '' ? url.hostname : domain,
    hostOnly: domain === '',
    path: path.startsWith('/') ? path : url.pathname.replace(/\/[^/]*$/, '') || '/',
    secure: attributes.has('secure'),
  };
  return { cookie, ended: hasEnded(attributes, nowMs) };
}

/** A whole country is no domain of one host: what is above has at least two labels. */
const isBelow = (host: string, domain: string): boolean =>
  domain.includes('.') && host.endsWith(`.${domain}`);

function hasEnded(attributes: ReadonlyMap<string, string>, nowMs: number): boolean {
  const age = attributes.get('max-age');
  if (age !== undefined) return Number(age) <= 0;
  const expires = Date.parse(attributes.get('expires') ?? '');
  return !Number.isNaN(expires) && expires <= nowMs;
}
