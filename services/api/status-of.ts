import type { RolloutServiceCode } from '@scoreline/runtime/rollouts/rollout-outcome.ts';

/** The HTTP status of a refusal, of model versions and of rollouts alike. */
export function statusOf(code: RolloutServiceCode): 404 | 409 | 422 | 503 {
  return STATUS[code];
}

const STATUS: Record<RolloutServiceCode, 404 | 409 | 422 | 503> = {
  conflict: 409,
  'version.unknown': 404,
  'version.other_bytes': 409,
  'stage.illegal': 409,
  'approval.missing': 409,
  'rollback.nowhere': 409,
  'alias.reserved': 409,
  'alias.unknown': 404,
  'rollout.unknown': 404,
  'rollout.none': 404,
  'rollout.active': 409,
  'rollout.ended': 409,
  'rollout.other_kind': 409,
  'step.illegal': 409,
  'production.missing': 409,
  'guardrail.failing': 409,
  'event.invalid': 422,
  'package.refused': 422,
  'contract.broken': 422,
  unavailable: 503,
  'artifact.unavailable': 503,
  'artifact.timeout': 503,
  'artifact.aborted': 503,
  'artifact.forbidden': 503,
  'artifact.missing': 422,
  'artifact.corrupt': 422,
  'artifact.too_large': 422,
  'artifact.invalid': 422,
  'artifact.other_bytes': 409,
  'artifact.read_only': 409,
};
