import avsc, { type Schema, type Type } from 'avsc';

/** What avsc asks before it makes a type of a schema; undefined leaves it to avsc. */
export type TypeHook = NonNullable<NonNullable<Parameters<typeof avsc.Type.forSchema>[1]>['typeHook']>;

/**
 * A hook for avsc's `Type.forSchema` that makes every union's value plain. avsc does so where it can tell the
 * branches apart by a value's JavaScript type; others (`["null", "int", "double"]`, two records) it wraps, as
 * `{ int: 5 }`, and a feature would find a record where the lead has a number. Only those get slower.
 */
export function plainUnions(): TypeHook {
  return (schema, options) => {
    if (!Array.isArray(schema) || schema.every((branch) => avsc.Type.isType(branch))) return undefined;
    const branches = schema.map((branch: Schema) => avsc.Type.forSchema(branch, options));
    // avsc takes types wherever it takes schemas; its declarations don't say so of a union's branches.
    const union = avsc.Type.forSchema(branches as unknown as Schema, { ...options, wrapUnions: 'auto' });
    return union instanceof avsc.types.WrappedUnionType ? new PlainUnionType(union) : union;
  };
}

/** What avsc reads of a wrapped union. */
interface WrappedValue {
  unwrap(): unknown;
}

class PlainUnionType extends avsc.types.LogicalType {
  protected override _fromValue(wrapped: WrappedValue | null): unknown {
    return wrapped === null ? null : wrapped.unwrap();
  }

  /** Written as the first branch that takes it; undefined, avsc's sign of a misfit, where none does. */
  protected override _toValue(value: unknown): unknown {
    if (value === null) return null;
    const { types } = this.underlyingType as avsc.types.WrappedUnionType;
    const branch = (types as readonly Type[]).find((type) => type.isValid(value));
    return branch === undefined ? undefined : { [branch.branchName ?? '']: value };
  }

  /** Takes no part in schema resolution. */
  protected override _resolve(): undefined {
    return undefined;
  }
}
