import { isIPv6 } from 'node:net';

/** Groups of an IPv6 address that one customer of a network is given: 64 bits. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/**
 * Whom an address stands for when requests are counted: an IPv4 address for itself, an IPv6 address for its network of
 * 64 bits, as whoever has one of its addresses has all.
 */
export function groupAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [before = '', after] = (address.split('%')[0] ?? '').split('::');
  const left = splitGroups(before);
  const right = splitGroups(after ?? '');
  const zeros = after === undefined ? 0 : GROUPS - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

function splitGroups(text: string): string[] {
  return text === '' ? [] : text.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
}
