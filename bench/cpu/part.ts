import { definePart } from '../part.ts';
import { count, type Row } from '../table.ts';
import { measureCpu } from './measure-cpu.ts';

/** Batches as large as the scorer's under a backlog. */
const SIZES = { batch: 4_000, rounds: 60 };

export const cpuPart = definePart({
  measure: async (bench) => measureCpu(await bench.prepareTopics('cpu.'), SIZES),
  describe: ({ microsecondsByStage, leadsPerSecond }) => [
    ['one core, without brokers', `${count(leadsPerSecond)} leads/s`, ''],
    ...Object.entries(microsecondsByStage).map(([stage, us]): Row => [
      `  ${stage}`,
      `${us.toFixed(2)} µs a lead`,
      '',
    ]),
  ],
});
