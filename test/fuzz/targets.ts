import type { FuzzTarget, FuzzTargetName } from './target.ts';
import { avroTarget } from './targets/avro.ts';
import { deadLettersTarget } from './targets/dead-letters.ts';
import { decisionsTarget } from './targets/decisions.ts';
import { driftTarget } from './targets/drift.ts';
import { gatewayTarget } from './targets/gateway.ts';
import { httpTarget } from './targets/http.ts';
import { modelTarget } from './targets/model.ts';
import { onnxTarget } from './targets/onnx.ts';
import { packageTarget } from './targets/package.ts';
import { policyTarget } from './targets/policy.ts';
import { replayTarget } from './targets/replay.ts';

/** Every target, those nearest to the stream first. */
export const TARGETS: readonly FuzzTarget[] = [
  avroTarget,
  driftTarget,
  packageTarget,
  policyTarget,
  onnxTarget,
  modelTarget,
  httpTarget,
  deadLettersTarget,
  decisionsTarget,
  replayTarget,
  gatewayTarget,
];

/** A target by its name. */
export function targetOf(name: FuzzTargetName): FuzzTarget {
  const found = TARGETS.find((target) => target.name === name);
  if (found === undefined) throw new Error(`there is no fuzzing target '${name}'`);
  return found;
}
