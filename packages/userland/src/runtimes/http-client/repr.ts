/** Python's repr() of texts and bytes, as the messages of exceptions quote them. */

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

function escaped(char: string, asciiOnly: boolean): string {
  const short = SHORT.get(char);
  if (short !== undefined) return short;
  const code = char.charCodeAt(0);
  if (code < 32 || (code >= 127 && code < 161)) return `\\x${hex(code, 2)}`;
  if (!asciiOnly || code < 127) return char;
  return code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

/** In single quotes, unless it holds one and no double quote. */
function quoted(text: string, asciiOnly: boolean): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let inner = '';
  for (const char of text) inner += char === quote ? `\\${char}` : escaped(char, asciiOnly);
  return quote + inner + quote;
}

/** `asciiOnly` is ascii(). */
export function reprText(text: string, asciiOnly = false): string {
  return quoted(text, asciiOnly);
}

export function reprBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `b${quoted(text, true)}`;
}
