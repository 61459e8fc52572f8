/** A recording with only the first bytes of each frame, as if it had been taken down so. */
import type { Recording } from './recording.ts';

export function cutFrames(recording: Recording, bytesMax: number): Recording {
  const { offsets, bytes } = recording.frames;
  const count = offsets.length - 1;
  const starts = new Float64Array(offsets.length);
  for (let frame = 0; frame < count; frame++)
    starts[frame + 1] = starts[frame]! + Math.min(bytesMax, offsets[frame + 1]! - offsets[frame]!);
  if (starts[count] === offsets[count]) return recording;
  const kept = new Uint8Array(starts[count]!);
  for (let frame = 0; frame < count; frame++) {
    const from = offsets[frame]!;
    kept.set(bytes.subarray(from, from + starts[frame + 1]! - starts[frame]!), starts[frame]!);
  }
  return { ...recording, frames: { ...recording.frames, offsets: starts, bytes: kept } };
}
