/**
 * Which encoding a response has, and its text. By the header alone: its charset, ISO-8859-1 for `text/*` without one (RFC 2616 section 3.7.1, since withdrawn), UTF-8
 * for JSON. `guessEncoding` stands for the library chardet, which weighs the frequencies of letters in dozens of encodings: here a byte order mark, plain ASCII
 * and valid UTF-8 are told, and everything else is called ISO-8859-1. Carried: UTF-8, UTF-16, ASCII, ISO-8859-1, windows-1252.
 */
import { decodeUtf8, latin1 } from '@netarium/core/base/utf8.ts';
import type { Fields } from '../../http/fields.ts';
import { ValueError } from '../errors.ts';

export function encodingFromHeaders(headers: Fields): string | undefined {
  const header = headers.get('content-type');
  if (header === undefined || header === '') return undefined;
  const [type = '', ...parameters] = header.split(';');
  for (const parameter of parameters.reverse()) {
    const equals = parameter.indexOf('=');
    const key = (equals < 0 ? parameter : parameter.slice(0, equals)).replace(/^["' ]+|["' ]+$/g, '');
    if (key.toLowerCase() === 'charset' && equals >= 0)
      return parameter.slice(equals + 1).replace(/^["' ]+|["' ]+$/g, '');
  }
  if (type.includes('text')) return 'ISO-8859-1';
  return type.includes('application/json') ? 'utf-8' : undefined;
}

/** Response.apparent_encoding, within the limits that are told above. */
export function guessEncoding(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return undefined;
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'UTF-8-SIG';
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return 'UTF-16';
  if (bytes.every((byte) => byte < 0x80)) return 'ascii';
  return isUtf8(bytes) ? 'utf-8' : 'ISO-8859-1';
}

function isUtf8(bytes: Uint8Array): boolean {
  // The replacement character stands in the text only where it stood in the bytes.
  const replaced = (decodeUtf8(bytes).match(/\ufffd/g) ?? []).length;
  return replaced === (latin1(bytes).match(/\u00ef\u00bf\u00bd/g) ?? []).length;
}

/** The encoding that JSON without a charset is in, by where its zero bytes are (RFC 4627 section 3); undefined for none that is known. */
export function guessJsonEncoding(bytes: Uint8Array): string | undefined {
  const sample = [...bytes.subarray(0, 4)];
  if (sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf) return 'utf-8-sig';
  if ((sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff)) return 'utf-16';
  const zeros = sample.map((byte) => (byte === 0 ? '0' : 'x')).join('');
  if (!zeros.includes('0')) return 'utf-8';
  return zeros === '0x0x' ? 'utf-16-be' : zeros === 'x0x0' ? 'utf-16-le' : undefined;
}

/** Encodings that Python knows and this does not carry: their texts are not guessed at. */
const NOT_CARRIED =
  /^(gb2312|gbk|gb18030|hz|big5|shift_?jis|euc_?(jp|kr)|iso2022|koi8|cp\d+|windows_?12\d\d|mac_?|utf_?(7|32)|iso_?8859|iso2022|johab|tis_?620|ptcp154)/;

/** str(bytes, encoding, errors='replace'); undefined where Python has no such encoding (LookupError). */
export function decodeText(bytes: Uint8Array, encoding: string): string | undefined {
  const name = encoding.toLowerCase().replace(/[-\s.]/g, '_');
  if (['utf_8', 'utf8', 'u8'].includes(name)) return decodeUtf8(bytes);
  if (name === 'utf_8_sig') return decodeUtf8(bytes).replace(/^\ufeff/, '');
  if (['iso_8859_1', 'iso8859_1', 'latin_1', 'latin1', 'l1', '8859', 'cp819'].includes(name)) return latin1(bytes);
  if (['ascii', 'us_ascii', '646'].includes(name)) return latin1(bytes).replace(/[\u0080-\u00ff]/g, '\ufffd');
  if (['windows_1252', 'cp1252', '1252'].includes(name))
    return latin1(bytes).replace(/[\u0080-\u009f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80]!);
  if (/^utf_?16(_?[lb]e)?$/.test(name)) return decodeUtf16(bytes, name);
  if (NOT_CARRIED.test(name)) throw new Error(`encoding ${encoding} is not carried; the bytes are in content`);
  return undefined;
}

/** 0x80 to 0x9f; the five that are not assigned are replaced. */
const WINDOWS_1252 = '€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ';

function decodeUtf16(bytes: Uint8Array, name: string): string {
  const marked = name === 'utf_16' || name === 'utf16';
  const bom = marked ? bytes[0]! * 256 + bytes[1]! : 0;
  const big = name.endsWith('be') || bom === 0xfeff;
  let text = '';
  for (let i = bom === 0xfeff || bom === 0xfffe ? 2 : 0; i < bytes.length; i += 2) {
    const [first, second] = [bytes[i]!, bytes[i + 1]];
    text += second === undefined ? '\ufffd' : String.fromCharCode(big ? first * 256 + second : second * 256 + first);
  }
  return text;
}

export class UnicodeDecodeError extends ValueError {
  override readonly name = 'UnicodeDecodeError';
}

/** bytes.decode('utf-8') */
export function decodeStrict(bytes: Uint8Array): string {
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]!;
    const length =
      lead < 0x80
        ? 1
        : lead >= 0xc2 && lead < 0xe0
          ? 2
          : lead >= 0xe0 && lead < 0xf0
            ? 3
            : lead >= 0xf0 && lead < 0xf5
              ? 4
              : 0;
    const place = `'utf-8' codec can't decode byte 0x${lead.toString(16)} in position ${at}`;
    if (length === 0) throw new UnicodeDecodeError(`${place}: invalid start byte`);
    const rest = bytes.subarray(at + 1, at + length);
    // RFC 3629 section 4: what the second byte may be depends on the first.
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    const isBad = rest.some((byte, i) => (i === 0 ? byte < low || byte > high : (byte & 0xc0) !== 0x80));
    if (isBad) throw new UnicodeDecodeError(`${place}: invalid continuation byte`);
    if (rest.length < length - 1) throw new UnicodeDecodeError(`${place}: unexpected end of data`);
    at += length;
  }
  return decodeUtf8(bytes);
}
