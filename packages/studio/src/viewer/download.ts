/** Hands a file to the person's browser. */
import { captureFile } from '@netarium/view/packets/capture-file.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';

/** What a card saw, for Wireshark. */
export function downloadCapture(recording: Recording, card: string): void {
  const file = new Blob([captureFile(recording, card) as BlobPart], { type: 'application/octet-stream' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `${card === '' ? recording.lab : card}.pcapng`;
  link.click();
  // The browser reads the file after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
