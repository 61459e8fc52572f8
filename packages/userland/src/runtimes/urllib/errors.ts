/** Exceptions of CPython's `urllib.error`; and those of a wrong import or name, which differ between Python 2 and 3. */
import type { Fields } from '../../http/fields.ts';
import type { UrlResponse } from './response.ts';

/** An OSError whose reason is a text or another exception. */
export class URLError extends Error {
  override readonly name: string = 'URLError';
  constructor(readonly reason: Error | string) {
    super(`<urlopen error ${reason instanceof Error ? reason.message : reason}>`);
  }
}

/** A response with a status that nobody handled: an exception and a response in one. */
export class HTTPError extends URLError {
  override readonly name = 'HTTPError';
  override readonly message: string;

  constructor(
    readonly url: string,
    readonly code: number,
    msg: string,
    readonly hdrs: Fields,
    /** What can still be read: the body of the error. */
    readonly fp: UrlResponse,
  ) {
    super(msg);
    this.message = `HTTP Error ${code}: ${msg}`;
  }

  read(amount?: number): Promise<Uint8Array> {
    return this.fp.read(amount);
  }

  close(): Promise<void> {
    return this.fp.close();
  }
}

/** urlretrieve got less than Content-Length promised. */
export class ContentTooShortError extends URLError {
  override readonly name = 'ContentTooShortError';
  override readonly message: string;
  constructor(
    text: string,
    readonly content: readonly [file: string, headers: Fields],
  ) {
    super(text);
    this.message = `<urlopen error ${text}>`;
  }
}

/** Python 2's IOError('http error', code, text, headers), and its like. */
export class IOError extends Error {
  override readonly name = 'IOError';
}

export class ImportError extends Error {
  override readonly name: string = 'ImportError';
}

/** An ImportError since 3.6. */
export class ModuleNotFoundError extends ImportError {
  override readonly name = 'ModuleNotFoundError';
}
