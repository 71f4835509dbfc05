/**
 * Where a lead falls in [0, 1) in one rollout: MurmurHash3 (32 bit, seed 0) of `<rollout id>:<lead id>` in UTF-8, by
 * 2³². The same on every instance and after every restart; another rollout shuffles anew. In ClickHouse:
 * `murmurHash3_32(concat(experiment_id, ':', lead_id)) / 4294967296`. Source: Appleby, MurmurHash3_x86_32.
 */
export function bucketOf(rolloutId: string, leadId: string): number {
  return murmur3(UTF8.encode(`${rolloutId}:${leadId}`)) / 2 ** 32;
}

const UTF8 = new TextEncoder();
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

function murmur3(bytes: Uint8Array): number {
  const blocks = bytes.length >>> 2;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = 0;
  for (let block = 0; block < blocks; block++) {
    hash ^= scramble(view.getUint32(4 * block, true));
    hash = (Math.imul(rotateLeft(hash, 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= 4 * blocks; at--) tail = (tail << 8) | (bytes[at] ?? 0);
  // Without a tail this is 0, which changes nothing.
  hash ^= scramble(tail);
  return finish(hash ^ bytes.length);
}

function scramble(block: number): number {
  return Math.imul(rotateLeft(Math.imul(block, C1), 15), C2);
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function finish(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
