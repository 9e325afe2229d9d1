const SAMPLES = 16;
const SAMPLE_BYTES = 256;

/** Whether about one byte in 4 KiB or less of `values[from .. to)` is `byte`, as far as samples tell. */
export function isRareByte(byte: number, values: Uint8Array, from: number, to: number): boolean {
  const step = Math.max(SAMPLE_BYTES, Math.floor((to - from) / SAMPLES));
  let count = 0;
  for (let start = from; start < to; start += step) {
    const end = Math.min(to, start + SAMPLE_BYTES);
    for (let i = start; i < end; i++) if (values[i] === byte) count++;
    if (count > 1) return false;
  }
  return true;
}
