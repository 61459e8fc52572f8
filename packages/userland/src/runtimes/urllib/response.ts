/** What the openers answer: a body to read, its headers, its status and the URL it came from (`http.client.HTTPResponse`, `urllib.response.addinfourl`). */
import { Fields } from '../../http/fields.ts';
import type { HTTPResponse } from '../http-client/response.ts';

export interface UrlResponse {
  /** undefined for a file. */
  readonly status: number | undefined;
  /** The reason phrase. */
  readonly msg: string;
  readonly headers: Fields;
  readonly url: string;
  read(amount?: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Python's names for the same: Python 2 has only these. */
export class AddInfoUrl implements UrlResponse {
  constructor(
    private readonly body: { read(amount?: number): Promise<Uint8Array>; close(): Promise<void> },
    readonly headers: Fields,
    readonly url: string,
    readonly status: number | undefined,
    readonly msg: string,
  ) {}

  static ofHttp(response: HTTPResponse, url: string): AddInfoUrl {
    return new AddInfoUrl(response, response.headers, url, response.status, response.reason);
  }

  static ofBytes(bytes: Uint8Array, headers: readonly (readonly [string, string])[], url: string): AddInfoUrl {
    let at = 0;
    const read = async (amount = bytes.length): Promise<Uint8Array> => {
      const part = bytes.subarray(at, at + amount);
      at += part.length;
      return part;
    };
    return new AddInfoUrl({ read, close: async () => {} }, new Fields(headers), url, undefined, '');
  }

  geturl(): string {
    return this.url;
  }

  info(): Fields {
    return this.headers;
  }

  getcode(): number | undefined {
    return this.status;
  }

  read(amount?: number): Promise<Uint8Array> {
    return this.body.read(amount);
  }

  close(): Promise<void> {
    return this.body.close();
  }
}
