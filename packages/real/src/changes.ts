/** What changes under a process's threads, counted in words that they share: whoever sees another count asks anew for what it knew. */
export const CHANGE = {
  /** A descriptor may be another file's, or its offset matters. */
  DESCRIPTORS: 0,
  /** The process's directory may be another one. */
  DIRECTORY: 1,
} as const;

export function newChanges(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8));
}
