/** RequestsCookieJar: a client's cookies, those of servers and those that a program sets by name, which go to every host. Rules: RFC 6265 (`http/cookies.ts`). */
import { CookieJar, type CookieRequest } from '../../http/cookies.ts';
import type { Fields } from '../../http/fields.ts';

export interface CookieContext extends CookieRequest {
  /** The host's clock, in seconds. */
  readonly now: number;
}

export class RequestsCookieJar {
  private readonly jar = new CookieJar();
  /** Set by name, for no host in particular. */
  private readonly everywhere = new Map<string, string>();
  /** Domains in the order of their first cookie, which is the order in which Python sends them; the empty one is everywhere. */
  private readonly domains = new Set<string>();

  static of(cookies: Readonly<Record<string, string>>): RequestsCookieJar {
    const jar = new RequestsCookieJar();
    for (const [name, value] of Object.entries(cookies)) jar.set(name, value);
    return jar;
  }

  set(name: string, value: string): void {
    this.domains.add('');
    this.everywhere.set(name, value);
  }

  /** Takes the Set-Cookie fields of a response. */
  extract(headers: Fields, { now, ...request }: CookieContext): void {
    for (const text of headers.all('set-cookie')) {
      const cookie = this.jar.receive(text, request, now);
      if (typeof cookie !== 'string') this.domains.add(cookie.domain);
    }
  }

  /** Puts another jar's cookies in, over those of the same name and place. */
  update(other: RequestsCookieJar): this {
    // Zero: long before any cookie expires; what has expired is left out when it is sent.
    for (const cookie of other.jar.cookies) this.jar.store(cookie, 0);
    for (const [name, value] of other.everywhere) this.everywhere.set(name, value);
    for (const domain of other.domains) this.domains.add(domain);
    return this;
  }

  /** The value of the Cookie field: longer paths first. */
  header({ now, ...request }: CookieContext): string | undefined {
    const matching = this.jar.matching(request, now);
    const anywhere = [...this.everywhere].map(([name, value]) => ({ name, value, path: '/' }));
    const sent = [...this.domains]
      .flatMap((each) => (each === '' ? anywhere : matching.filter(({ domain }) => domain === each)))
      .sort((a, b) => b.path.length - a.path.length);
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  get(name: string): string | undefined {
    return this.items().find(([key]) => key === name)?.[1];
  }

  items(): readonly (readonly [name: string, value: string])[] {
    const stored = this.jar.cookies.map(({ name, value }) => [name, value] as const);
    return [...stored, ...this.everywhere];
  }

  clear(): void {
    this.everywhere.clear();
    for (const cookie of [...this.jar.cookies]) this.jar.store({ ...cookie, expires: 0 }, 1);
  }
}
