import { warmUpBroker } from '../drain/warm-up-broker.ts';
import { type Bench, definePart } from '../part.ts';
import { count, milliseconds, type Row } from '../table.ts';
import { measureSwaps, type Swaps } from './swap.ts';
import { SWAP_WINDOW_MS } from './swap-latencies.ts';
import { measureSwapMemory, type SwapMemory } from './swap-memory.ts';

interface SwapResult {
  readonly underLoad: Swaps;
  readonly memory: SwapMemory;
}

/** p99 during a swap, by the steady one. */
const TARGET_RATIO = 2;

export const swapPart = definePart<SwapResult>({
  measure: measureSwapping,
  describe: ({ underLoad, memory }) => [...describeSwaps(underLoad), ...describeMemory(memory)],
});

async function measureSwapping(bench: Bench): Promise<SwapResult> {
  const { options, prepareTopics, log } = bench;
  const { swapRate: rate, swaps, memorySwaps, cpuProfile } = options;
  await warmUpBroker(bench, 'swap.warm-up.');
  log(`${swaps} swaps of the model at ${rate} events/s`);
  const underLoad = await measureSwaps(await prepareTopics('swap.'), { rate, swaps, cpuProfile });
  log(`memory along ${memorySwaps} swaps`);
  return { underLoad, memory: await measureSwapMemory(await prepareTopics('memory.'), memorySwaps) };
}

function describeSwaps({ steady, during, p99MsBySwap, ...swaps }: Swaps): Row[] {
  const ratio = during.p99Ms / steady.p99Ms;
  const worst = Math.max(...p99MsBySwap);
  const faults = swaps.lost + swaps.duplicates + swaps.outOfOrder;
  return [
    [`${swaps.swaps} swaps at ${count(swaps.rate)}/s, steady p99`, milliseconds(steady.p99Ms), ''],
    [`  p99 within ${SWAP_WINDOW_MS / 1_000} s of a swap`, milliseconds(during.p99Ms), ''],
    ['  by the steady one', ratio.toFixed(2), `< ${TARGET_RATIO}`],
    ['  p99 of the worst swap', milliseconds(worst), ''],
    ['  max, steady', milliseconds(steady.maxMs), ''],
    ['  max, swaps', milliseconds(during.maxMs), ''],
    ['  p50, steady and swaps', `${steady.p50Ms.toFixed(1)}, ${milliseconds(during.p50Ms)}`, ''],
    ['  decision to first score', milliseconds(swaps.slowestMs), '< 2,000 ms'],
    ['  lost, doubled, out of order', `${count(faults)} of ${count(swaps.leads)}`, '0'],
    ['  back and forth', count(swaps.extraChanges), '0'],
  ];
}

function describeMemory({ samples }: SwapMemory): Row[] {
  return samples.map(({ swaps, rssMb, heapMb }) => [
    `memory after ${swaps} swaps`,
    `${rssMb.toFixed(0)} MB, V8 ${heapMb.toFixed(0)}`,
    '',
  ]);
}
