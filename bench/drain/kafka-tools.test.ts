import { expect, test } from 'vitest';
import { readConsumed, readProduced } from './kafka-tools.ts';

test('what is produced is the rate of the whole run, not that of its last seconds', () => {
  const output = `734361 records sent, 146872.2 records/sec (22.27 MB/sec), 12.0 ms avg latency, 340.0 ms max latency.
1000000 records sent, 151240.169389 records/sec (22.93 MB/sec), 11.10 ms avg latency, 340.00 ms max latency, 4 ms 50th.
`;
  expect(readProduced(output)).toBe(151_240.169389);
});

test('what is consumed is the rate of the fetches', () => {
  const output = `start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec
2026-03-01 10:00:00:000, 2026-03-01 10:00:01:500, 151.6, 101.0, 1000000, 666666.6667, 500, 1000, 151.6, 1000000.0000
`;
  expect(readConsumed(output)).toBe(1_000_000);
});

test('a tool that tells no rate is an error, with what it said', () => {
  expect(() => readProduced('org.apache.kafka.common.errors.TimeoutException')).toThrow(/TimeoutException/);
  expect(() => readConsumed('')).toThrow(/no rate/);
});
