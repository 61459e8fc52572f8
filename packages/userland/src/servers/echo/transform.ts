/** What an echo server sends back: the bytes as they came, or with ASCII letters in upper case. */
export type Transform = (bytes: Uint8Array) => Uint8Array;

export function transformOf(upper: boolean): Transform {
  return upper ? upperCase : (bytes) => bytes;
}

function upperCase(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte));
}
