import type { Golden } from '@scoreline/core/contracts/golden.ts';
import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { Policy } from '@scoreline/core/contracts/policy.ts';
import type { Reference } from '@scoreline/core/contracts/reference.ts';
import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import goldenSchema from '../../schemas/golden.schema.json' with { type: 'json' };
import manifestSchema from '../../schemas/manifest.schema.json' with { type: 'json' };
import policySchema from '../../schemas/policy.schema.json' with { type: 'json' };
import referenceSchema from '../../schemas/reference.schema.json' with { type: 'json' };

/** The JSON files of a package that have a schema, and what each holds. */
export interface PackageDocuments {
  'manifest.json': Manifest;
  'reference.json': Reference;
  'golden.json': Golden;
  'policy.json': Policy;
}

/** More than these are told as a number. */
const MAX_MESSAGES = 10;
/** A field's name may be as long as the document. */
const MAX_MESSAGE = 500;
/** More errors than these aren't looked at: a list of numbers where texts belong has one each. */
const MAX_ERRORS = 500;
/** Of a larger document the first error is told alone: an error takes a hundred times the bytes that it is about. */
const MAX_EXPLAINED_BYTES = 1024 * 1024;

type Validators = {
  readonly [Name in keyof PackageDocuments]: ValidateFunction<PackageDocuments[Name]>;
};

function compileValidators(allErrors: boolean): Validators {
  const ajv = new Ajv({ allErrors, allowUnionTypes: true });
  return {
    'manifest.json': ajv.compile<Manifest>(manifestSchema),
    'reference.json': ajv.compile<Reference>(referenceSchema),
    'golden.json': ajv.compile<Golden>(goldenSchema),
    'policy.json': ajv.compile<Policy>(policySchema),
  };
}

/** They stop at the first error. */
const validators = compileValidators(false);
/** They find every error; made when there is one. */
let explainers: Validators | undefined;

export type ParsedDocument<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly PackageProblem[] };

/** Parses a package's file and validates it by its JSON Schema; messages name the place and what is wrong there. */
export function parseDocument<Name extends keyof PackageDocuments>(
  name: Name,
  bytes: Buffer,
): ParsedDocument<PackageDocuments[Name]> {
  let document: unknown;
  try {
    document = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    const message = `${name}: is not JSON: ${describeSyntaxError(error)}`;
    return { ok: false, problems: [{ code: 'json.invalid', message }] };
  }
  const validate: ValidateFunction<PackageDocuments[Name]> = validators[name];
  if (validate(document)) return { ok: true, value: document };
  const errors = bytes.length > MAX_EXPLAINED_BYTES ? (validate.errors ?? []) : explain(name, document);
  return {
    ok: false,
    problems: describeErrors(errors).map((what) => ({
      code: 'schema.invalid',
      message: `${name}: ${what.length > MAX_MESSAGE ? `${what.slice(0, MAX_MESSAGE)}…` : what}`,
    })),
  };
}

/** Golden rows are leads: the piece of the text that V8 quotes is left out. */
function describeSyntaxError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/,? ?(?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, '');
}

function explain(name: keyof PackageDocuments, document: unknown): readonly ErrorObject[] {
  explainers ??= compileValidators(true);
  const validate = explainers[name];
  return validate(document) ? [] : (validate.errors ?? []);
}

function describeErrors(errors: readonly ErrorObject[]): readonly string[] {
  const messages = [...new Set(dropOtherBranches(errors.slice(0, MAX_ERRORS)).map(describeError))];
  const more = messages.length - MAX_MESSAGES;
  const atLeast = errors.length > MAX_ERRORS ? 'at least ' : '';
  return more > 0 ? [...messages.slice(0, MAX_MESSAGES), `and ${atLeast}${more} more`] : messages;
}

/**
 * Where a value may take one of several forms, ajv tells what is wrong with it as each of them. The forms whose
 * `type` is another one's are left out, and the summary line where anything else is told of the same value.
 */
function dropOtherBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  const others = errors
    .filter(({ keyword }) => keyword === 'const')
    .map(({ schemaPath }) => schemaPath.replace(/\/properties\/[^/]+\/const$/, '/'));
  const told = errors.filter(({ schemaPath }) => !others.some((branch) => schemaPath.startsWith(branch)));
  const causes = told.filter(({ keyword }) => keyword !== 'oneOf' && keyword !== 'anyOf');
  return told.filter((error) => causes.includes(error) || !causes.some((cause) => isWithin(cause, error)));
}

function isWithin(cause: ErrorObject, summary: ErrorObject): boolean {
  return (
    cause.instancePath === summary.instancePath || cause.instancePath.startsWith(`${summary.instancePath}/`)
  );
}

function describeError({ instancePath, keyword, message, params }: ErrorObject): string {
  const place = instancePath === '' ? 'the document' : instancePath.slice(1).replaceAll('/', '.');
  if (keyword === 'additionalProperties')
    return `${place} has an unknown field '${params['additionalProperty']}'`;
  if (keyword === 'enum')
    return `${place} must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
  if (keyword === 'required') return `${place} lacks the field '${params['missingProperty']}'`;
  return `${place} ${message ?? 'is invalid'}`;
}
