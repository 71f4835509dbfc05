/** One thing that is wrong with a model package; a package with any problem is refused. */
export interface PackageProblem {
  readonly code: PackageProblemCode;
  /** Names the file and the place in it, what is wrong and what was expected. */
  readonly message: string;
}

/** Stable names of the reasons for refusing a package, by the part of it that is wrong. */
export type PackageProblemCode =
  | 'package.missing'
  | 'package.folder'
  | 'json.invalid'
  | 'schema.invalid'
  | 'manifest.width'
  | 'manifest.invalid'
  | 'reference.invalid'
  | 'golden.missing_field'
  | 'golden.invalid'
  | 'policy.invalid'
  | 'file.name'
  | 'file.missing'
  | 'file.unreadable'
  | 'file.unlisted'
  | 'file.size'
  | 'file.hash'
  | 'file.external_data'
  | 'model.unreadable'
  | 'model.input'
  | 'model.output'
  | 'model.output_type'
  | 'model.fails'
  | 'model.crashes'
  | 'model.hangs'
  | 'golden.refused'
  | 'golden.not_finite'
  | 'golden.off'
  | 'contract.schema'
  | 'contract.missing_field'
  | 'contract.type'
  | 'contract.narrowed'
  | 'contract.levels'
  | 'contract.new_symbols';
