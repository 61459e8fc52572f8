/**
 * Content codings of responses, `gzip` and `deflate`, piece by piece as they come, by the library fflate. As urllib3 has it, `deflate` is taken as zlib or, where
 * it is not, as the bare format, and a body that ends early gives what there was. Unlike zlib, fflate does not compare the check sums.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { Gunzip, Inflate, Unzlib } from 'fflate';
import { DecodeError } from './errors.ts';

interface Inflater {
  push(chunk: Uint8Array, final?: boolean): void;
}

/** Unexpected end of data. */
const CUT = 0;

class Decoder {
  private readonly out: Uint8Array[] = [];
  private inflater: Inflater | undefined;
  /** The first byte, which alone does not tell one format from the other. */
  private held: Uint8Array = new Uint8Array(0);

  constructor(private readonly coding: string) {}

  decode(bytes: Uint8Array): Uint8Array {
    const all = this.held.length === 0 ? bytes : concatBytes([this.held, bytes]);
    const waits = this.inflater === undefined && all.length < 2;
    this.held = waits ? all : new Uint8Array(0);
    if (waits || all.length === 0) return new Uint8Array(0);
    this.inflater ??= this.start(all);
    this.inflater.push(all, false);
    return this.taken();
  }

  /** What the decoder held back at the end. */
  flush(): Uint8Array {
    try {
      this.inflater?.push(new Uint8Array(0), true);
    } catch (error) {
      if ((error as { readonly code?: number }).code !== CUT) throw error;
    }
    return this.taken();
  }

  private start(bytes: Uint8Array): Inflater {
    const take = (data: Uint8Array): void => void this.out.push(data.slice());
    if (this.coding !== 'deflate') return new Gunzip(take);
    // RFC 1950 section 2.2: method 8, and a multiple of 31.
    const zlib = (bytes[0]! & 15) === 8 && (bytes[0]! * 256 + bytes[1]!) % 31 === 0;
    return zlib ? new Unzlib(take) : new Inflate(take);
  }

  private taken(): Uint8Array {
    return concatBytes(this.out.splice(0));
  }
}

/** The codings of a body, the last one applied undone first. */
export class ContentDecoder {
  private readonly decoders: readonly Decoder[];

  private constructor(private readonly codings: string) {
    const names = codings.split(',').map((name) => name.trim());
    this.decoders = names.reverse().map((name) => new Decoder(name));
  }

  /** undefined where there is nothing to undo, or a coding that nobody here knows: the body stays as it came. */
  static for(header: string | undefined): ContentDecoder | undefined {
    const codings = header?.toLowerCase().trim() ?? '';
    const known = codings.split(',').every((name) => ['gzip', 'x-gzip', 'deflate'].includes(name.trim()));
    return known ? new ContentDecoder(codings) : undefined;
  }

  decode(bytes: Uint8Array): Uint8Array {
    return this.through(bytes, (decoder, part) => decoder.decode(part));
  }

  flush(): Uint8Array {
    return this.through(new Uint8Array(0), (decoder, part) => concatBytes([decoder.decode(part), decoder.flush()]));
  }

  private through(bytes: Uint8Array, step: (decoder: Decoder, part: Uint8Array) => Uint8Array): Uint8Array {
    try {
      return this.decoders.reduce((part, decoder) => step(decoder, part), bytes);
    } catch (error) {
      const text = `Received response with content-encoding: ${this.codings}, but failed to decode it.`;
      throw new DecodeError(text, zlibError((error as { readonly code?: number }).code));
    }
  }
}

/** The words of zlib for fflate's errors, by number; all are its error -3. */
const ZLIB_WORDS: ReadonlyMap<number | undefined, string> = new Map([
  [1, 'invalid block type'],
  [2, 'invalid code lengths set'],
  [3, 'invalid distance too far back'],
]);

function zlibError(code: number | undefined): Error {
  const words = ZLIB_WORDS.get(code) ?? 'incorrect header check';
  return Object.assign(new Error(`Error -3 while decompressing data: ${words}`), { name: 'error' });
}
