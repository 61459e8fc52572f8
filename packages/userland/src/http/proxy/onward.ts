/** Where the requests of a forward proxy go: to whatever server the client names, if its credentials and the policy let it. */
import type { EventLoop } from '../../lib/event-loop.ts';
import type { NameLookup } from '../../lib/name-lookup.ts';
import { parsePlaceName } from '../../lib/serving.ts';
import { Fields } from '../fields.ts';
import type { Framing, RequestHead } from '../message.ts';
import type { Session } from '../server/session.ts';
import { authorityOf, parseUrl, portOf, targetOf, type Url } from '../url.ts';
import { authenticate, type Credential } from './credentials.ts';
import type { Attempt, Director, Route } from './forwarder.ts';
import { forwardedRequest } from './headers.ts';
import type { Policy } from './policy.ts';
import { openTunnel } from './tunnel.ts';

type Tell = (route: Route) => Promise<void>;

const CHALLENGE = 'Basic realm="netarium", charset="UTF-8"';

export class OnwardDirector implements Director {
  readonly via = 'netarium-forward-proxy';

  constructor(
    readonly loop: EventLoop,
    private readonly names: NameLookup,
    private readonly policy: Policy,
    /** Undefined: everybody may. */
    private readonly credentials: readonly Credential[] | undefined,
    private readonly timeoutNs: number,
  ) {}

  async route(head: RequestHead, framing: Framing, session: Session, tell: Tell): Promise<void> {
    if (this.credentials !== undefined) {
      session.user = authenticate(head.fields, this.credentials);
      if (session.user === undefined)
        return tell({ kind: 'refuse', status: 407, fields: new Fields([['Proxy-Authenticate', CHALLENGE]]) });
    }
    if (head.method === 'CONNECT') return this.connect(head, session, tell);
    const url = parseUrl(head.target);
    // A request in origin-form is for a server, and this is none.
    if (typeof url === 'string') return tell({ kind: 'refuse', status: 400 });
    // What is to be encrypted from here on would have to be encrypted by us; clients use CONNECT for that.
    if (url.scheme !== 'http') return tell({ kind: 'refuse', status: 501 });
    await this.find(url.host, portOf(url), false, tell, (addresses) =>
      this.forward(head, framing, url, addresses, tell),
    );
  }

  private async connect(head: RequestHead, session: Session, tell: Tell): Promise<void> {
    const target = parsePlaceName(head.target);
    if (target === undefined) return tell({ kind: 'refuse', status: 400 });
    const { host, port } = target;
    await this.find(host, port, true, tell, async (addresses) => {
      const places = addresses.map((address) => ({ address, port }));
      session.note = `${host}:${port}`;
      await tell({
        kind: 'tunnel',
        open: () => openTunnel(session, places, this.timeoutNs, (status) => tell({ kind: 'refuse', status })),
      });
    });
  }

  private async find(
    host: string,
    port: number,
    connect: boolean,
    tell: Tell,
    found: (addresses: readonly string[]) => Promise<void>,
  ): Promise<void> {
    // What the name alone forbids is not even looked up.
    if (!this.policy.permitsName(host, port)) return tell({ kind: 'refuse', status: 403 });
    await this.names.find(host, async (addresses) => {
      if (typeof addresses === 'string') return tell({ kind: 'refuse', status: 502 });
      if (!this.policy.permits(host, addresses, port, connect)) return tell({ kind: 'refuse', status: 403 });
      await found(addresses);
    });
  }

  private forward(
    head: RequestHead,
    framing: Framing,
    url: Url,
    addresses: readonly string[],
    tell: Tell,
  ): Promise<void> {
    const request = forwardedRequest(head, framing, { target: targetOf(url), host: authorityOf(url), via: this.via });
    const port = portOf(url);
    let at = 0;
    return tell({
      kind: 'forward',
      request,
      next: (last = 502): Attempt | number => {
        const address = addresses[at++];
        if (address === undefined) return last;
        return { key: `${address}:${port}`, place: { address, port }, done: async () => {} };
      },
    });
  }
}
