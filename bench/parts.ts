import { backlogPart } from './backlog/part.ts';
import { cpuPart } from './cpu/part.ts';
import { drainPart } from './drain/part.ts';
import { growthPart } from './growth/part.ts';
import { httpPart } from './http/part.ts';
import { ingestPart } from './ingest/part.ts';
import { latencyPart } from './latency/part.ts';
import { neighboursPart } from './neighbours/part.ts';
import type { PartName } from './options.ts';
import type { BenchPart } from './part.ts';
import { swapPart } from './swap/part.ts';
import { windowsPart } from './windows/part.ts';

/** Every part, in the order in which they run. */
export const PARTS: Readonly<Record<PartName, BenchPart>> = {
  cpu: cpuPart,
  drain: drainPart,
  latency: latencyPart,
  swap: swapPart,
  windows: windowsPart,
  ingest: ingestPart,
  http: httpPart,
  backlog: backlogPart,
  growth: growthPart,
  neighbours: neighboursPart,
};
