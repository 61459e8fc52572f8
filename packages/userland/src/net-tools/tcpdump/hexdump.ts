/** The dumps of -x, -X and -A. */
function printable(byte: number): string {
  return byte > 32 && byte < 127 ? String.fromCharCode(byte) : byte === 32 ? ' ' : '.';
}

const ROW_BYTES = 16;
/** Eight groups of four digits with blanks between them. */
const HEX_COLUMNS = 39;

/** Lines that begin with a line feed and a tab, sixteen bytes each, in groups of two. */
export function hexDump(bytes: Uint8Array, withText: boolean): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const row = bytes.subarray(at, at + ROW_BYTES);
    const groups: string[] = [];
    for (let i = 0; i < row.length; i += 2)
      groups.push([...row.subarray(i, i + 2)].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
    const hex = groups.join(' ');
    const text = withText
      ? `${hex.padEnd(HEX_COLUMNS)}  ${[...row].map((byte) => (byte === 32 ? '.' : printable(byte))).join('')}`
      : hex;
    out += `\n\t0x${at.toString(16).padStart(4, '0')}:  ${text}`;
  }
  return out;
}

/** -A: text only; line feeds and tabs stay as they are, a carriage return before a line feed goes. */
export function asciiDump(bytes: Uint8Array): string {
  let out = '\n';
  bytes.forEach((byte, i) => {
    if (byte === 10 || byte === 9) out += String.fromCharCode(byte);
    else if (byte !== 13 || bytes[i + 1] !== 10) out += printable(byte);
  });
  return out;
}
