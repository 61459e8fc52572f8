/** A pool's connection: http.client's, whose failures to connect are urllib3's exceptions and which tells who it is. */
import { type Body, type HeaderList, HTTPConnection } from '../http-client/connection.ts';
import { GaiError, SocketTimeout } from '../http-client/errors.ts';
import { OSError } from '../os-error.ts';
import { ConnectTimeoutError, NewConnectionError, Shown } from './errors.ts';

const AGENT = 'python-urllib3/1.26.12';
/** Without the address in memory that Python prints. */
const SELF = '<urllib3.connection.HTTPConnection object>';

export class PoolConnection extends HTTPConnection {
  /** Out of its pool. */
  lent = true;

  override async connect(): Promise<void> {
    try {
      await super.connect();
    } catch (error) {
      const { timeout, host } = this;
      if (error instanceof SocketTimeout)
        throw new ConnectTimeoutError(new Shown(SELF), `Connection to ${host} timed out. (connect timeout=${timeout})`);
      if (error instanceof OSError || error instanceof GaiError)
        throw new NewConnectionError(SELF, `Failed to establish a new connection: ${error.message}`);
      throw error;
    }
  }

  override request(method: string, url: string, body: Body, headers: HeaderList): Promise<void> {
    const named = headers.some(([name]) => name.toLowerCase() === 'user-agent');
    return super.request(method, url, body, named ? headers : [...headers, ['User-Agent', AGENT]]);
  }
}
