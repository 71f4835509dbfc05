/** More tries than that aren't worth a shorter input. */
const MAX_TRIES = 1_500;

/**
 * A shorter input that fails in the same way: pieces are taken out, long ones first, as long as it still does
 * (A. Zeller's ddmin, without its complements).
 */
export async function shrink(
  input: Buffer,
  stillFails: (shorter: Buffer) => Promise<boolean>,
  deadlineMs: number,
): Promise<Buffer> {
  let smallest = input;
  let tries = 0;
  for (let piece = Math.ceil(input.length / 2); piece >= 1; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
    for (let at = 0; at < smallest.length;) {
      if (tries >= MAX_TRIES || Date.now() > deadlineMs) return smallest;
      tries += 1;
      const shorter = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + piece)]);
      if (await stillFails(shorter)) smallest = shorter;
      else at += piece;
    }
  }
  return smallest;
}
