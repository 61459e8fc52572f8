/** Text of a file that somebody gave us, for a line on a terminal: no control characters, and not more than fits. */
const SHOWN = 100;

export function printable(text: string): string {
  const plain = text.replace(/[^ -~\u00a0-\uffff]/g, '?');
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}…` : plain;
}
