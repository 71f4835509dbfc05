import type { RegistryState } from '../registry/state.ts';
import type { VersionRef } from '../registry/version-ref.ts';

/** How long what the gate said at an approval is evidence of the promotion too. */
const HOLDS_FOR_MS = 3_600_000;

/** What the gate said when a version was approved. */
export interface ApprovalEvidence {
  /** As it stands on record. */
  readonly json: string;
  /** Whose approval. */
  readonly actor: string;
  readonly ageMs: number;
  readonly passes: boolean;
  /** The names of the conditions that did not pass. */
  readonly open: readonly string[];
}

/**
 * The evidence of a version's newest approval, where a promotion at `nowMs` can go by it: evaluated within the hour
 * before, of this version beside the one that is in Production now. Undefined: the gate has to be asked anew.
 */
export function findApprovalEvidence(
  { versions, production }: RegistryState,
  ref: VersionRef,
  nowMs: number,
): ApprovalEvidence | undefined {
  const { actor, evidence: json } = versions.get(ref)?.approvals.at(-1) ?? {};
  if (actor === undefined || typeof json !== 'string') return undefined;
  const gate = readGate(json);
  if (gate === undefined || gate.candidate !== ref || gate.production !== production) return undefined;
  const ageMs = nowMs - gate.evaluatedAtMs;
  if (ageMs < 0 || ageMs > HOLDS_FOR_MS) return undefined;
  return { json, actor, ageMs, passes: gate.passes, open: gate.open };
}

interface RecordedGate {
  readonly candidate: string;
  readonly production: string | null;
  readonly passes: boolean;
  readonly open: readonly string[];
  readonly evaluatedAtMs: number;
}

/** A gate's result as it was recorded; undefined where a foreign writer recorded something else. */
function readGate(json: string): RecordedGate | undefined {
  const gate = parseObject(json);
  const candidate = gate && readRef(gate['candidate']);
  const production = gate?.['production'] === null ? null : readRef(gate?.['production']);
  const conditions = gate?.['conditions'];
  const evaluatedAtMs = gate?.['evaluated_at_ms'];
  if (candidate === undefined || production === undefined) return undefined;
  if (!Array.isArray(conditions) || typeof evaluatedAtMs !== 'number') return undefined;
  const open = conditions.filter((each) => !isObject(each) || each['state'] !== 'pass');
  const names = open.map((each) => String(isObject(each) ? each['name'] : each).replaceAll('_', ' '));
  return { candidate, production, passes: gate?.['state'] === 'pass', open: names, evaluatedAtMs };
}

function readRef(value: unknown): string | undefined {
  return isObject(value) ? `${String(value['model'])}@${String(value['version'])}` : undefined;
}

function parseObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
