import {
  type CompatibilityLevel,
  type RegistryClient,
  RegistryUnavailable,
  SchemaRefused,
} from '../avro/registry.ts';
import { typeForResolution } from '../avro/type.ts';

/** A schema registry in memory, that passes the same tests as a real one (test/contract/registry.test.ts). */
export interface InMemoryRegistry extends RegistryClient {
  /** Every question fails from now on, as in an outage, until `comeBack`. */
  goAway(): void;
  comeBack(): void;
  /** The schema ids that it was asked for, in order. */
  readonly idsAsked: readonly number[];
}

interface Registered {
  readonly id: number;
  readonly schema: string;
}

export function createInMemoryRegistry(): InMemoryRegistry {
  const byId = new Map<number, string>();
  const subjects = new Map<string, Registered[]>();
  const levels = new Map<string, CompatibilityLevel>();
  const idsAsked: number[] = [];
  let away = false;

  const answer = <T>(give: () => T): Promise<T> =>
    away ? Promise.reject(new RegistryUnavailable('the schema registry does not answer')) : attempt(give);

  const register = (subject: string, schema: string): number => {
    const versions = subjects.get(subject) ?? [];
    const known = versions.find((version) => isSame(version.schema, schema));
    if (known !== undefined) return known.id;
    const problem = findProblem(schema, versions, levels.get(subject) ?? 'NONE');
    if (problem !== undefined)
      throw new SchemaRefused(`the registry refuses the schema of ${subject}: ${problem}`);
    const id = idOf(byId, schema);
    subjects.set(subject, [...versions, { id, schema }]);
    return id;
  };

  return {
    idsAsked,
    goAway: () => void (away = true),
    comeBack: () => void (away = false),
    register: (subject, schema) => answer(() => register(subject, schema)),
    schemaById(id) {
      idsAsked.push(id);
      return answer(() => byId.get(id));
    },
    latest: (subject) => answer(() => subjects.get(subject)?.at(-1)),
    setCompatibility: (subject, level) => answer(() => void levels.set(subject, level)),
  };
}

async function attempt<T>(give: () => T): Promise<T> {
  return give();
}

/** The same schema has the same id under every subject. */
function idOf(byId: Map<number, string>, schema: string): number {
  for (const [id, known] of byId) if (isSame(known, schema)) return id;
  const id = byId.size + 1;
  byId.set(id, schema);
  return id;
}

function isSame(one: string, other: string): boolean {
  return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
}

/** Why a schema can't follow those before it, if it can't. */
function findProblem(
  schema: string,
  versions: readonly Registered[],
  level: CompatibilityLevel,
): string | undefined {
  try {
    typeForResolution(schema);
  } catch (error) {
    return `it is no Avro schema: ${error instanceof Error ? error.message : String(error)}`;
  }
  const earlier = level.endsWith('_TRANSITIVE') ? versions : versions.slice(-1);
  const backward = level.startsWith('BACKWARD') || level.startsWith('FULL');
  const forward = level.startsWith('FORWARD') || level.startsWith('FULL');
  const clash = earlier.find(
    (version) =>
      (backward && !canRead(schema, version.schema)) || (forward && !canRead(version.schema, schema)),
  );
  return clash === undefined ? undefined : `it is not ${level} compatible with the one of id ${clash.id}`;
}

function canRead(reader: string, writer: string): boolean {
  try {
    typeForResolution(reader).createResolver(typeForResolution(writer));
    return true;
  } catch {
    return false;
  }
}
