/** Character classes of ASCII, as regular expressions need them. Codes are bytes. */
export function fold(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

export function upper(code: number): number {
  return code >= 97 && code <= 122 ? code - 32 : code;
}

export function isWord(code: number): boolean {
  return isDigit(code) || (fold(code) >= 97 && fold(code) <= 122) || code === 95;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
