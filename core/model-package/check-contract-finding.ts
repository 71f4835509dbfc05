import type { EventSchema, FieldType } from './event-schema.ts';
import type { PackageProblem, PackageProblemCode } from './problem.ts';

/** One thing that was found of one field. */
export interface ContractFinding extends PackageProblem {
  readonly isWarning: boolean;
}

/** The types that a field can hold, or the finding that it isn't there. */
export type FieldTypes =
  | { readonly ok: true; readonly types: readonly FieldType[] }
  | { readonly ok: false; readonly finding: ContractFinding };

/** A finding that refuses the package; `what` goes on from "who: field …". */
export function refuse(code: PackageProblemCode, who: string, what: string): ContractFinding {
  return { code, message: `${who}: ${what}`, isWarning: false };
}

/** A finding that a person should know of. */
export function warn(code: PackageProblemCode, who: string, what: string): ContractFinding {
  return { code, message: `${who}: ${what}`, isWarning: true };
}

/** Looks a field up for `who` (`feature age`, `input.event_id`), who needs `wanted` there. */
export function readFieldTypes(schema: EventSchema, path: string, who: string, wanted: string): FieldTypes {
  const field = schema.find(path);
  if (field.found === 'types' && field.types.length > 0) return { ok: true, types: field.types };
  const but = field.found === 'types' ? 'it can hold nothing but null' : field.but;
  const code = field.found === 'nothing' ? 'contract.missing_field' : 'contract.type';
  const what = `the package reads ${wanted} from field ${path}, but ${but}`;
  return { ok: false, finding: refuse(code, who, what) };
}

/** `int`, `long (timestamp-millis)`, `enum (yes, no)`, joined by "or". */
export function describeTypes(types: readonly FieldType[]): string {
  return types
    .map(({ type, logicalType, symbols }) => {
      const more = logicalType ?? symbols?.join(', ');
      return more === undefined ? type : `${type} (${more})`;
    })
    .join(' or ');
}
