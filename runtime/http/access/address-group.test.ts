import { assert, ipV4, ipV6, property } from 'fast-check';
import { expect, test } from 'vitest';
import { groupAddress } from './address-group.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:0db8::', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b:1:2:3:4:192.0.2.7', '64:ff9b:1:2::/64'],
])('%s counts as %s', (address, group) => {
  expect(groupAddress(address)).toBe(group);
});

test('an IPv4 address is the same one when it is told as IPv6, and every address has a group', () => {
  assert(
    property(ipV4(), ipV6(), (four, six) => {
      expect(groupAddress(`::ffff:${four}`)).toBe(four);
      expect(groupAddress(six)).toMatch(/^([0-9a-f]{1,4}:){4}:\/64$|^[\d.]+$/);
    }),
  );
});
