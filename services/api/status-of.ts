import type { LifecycleRefusalCode } from '@scoreline/runtime/model-lifecycle/outcome.ts';

/** The HTTP status of a refusal. */
export function statusOf(code: LifecycleRefusalCode): 404 | 409 | 422 | 503 {
  return STATUS[code];
}

const STATUS: Record<LifecycleRefusalCode, 404 | 409 | 422 | 503> = {
  conflict: 409,
  'version.unknown': 404,
  'version.other_bytes': 409,
  'stage.illegal': 409,
  'approval.missing': 409,
  'rollback.nowhere': 409,
  'alias.reserved': 409,
  'alias.unknown': 404,
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
