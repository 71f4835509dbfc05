/** How the features of {model} {version} went together in its reference, as a constant of SQL: numbers, whitening. */
export const JOINT = `(
    SELECT (numbers, whitening) FROM reference_joint FINAL
    WHERE model = {model:String} AND model_version = {version:String}
  ) AS joint`;

/** SQL of a row's squared Mahalanobis distance, as `createUnusualness`; NULL where its bins are another model's. */
export const UNUSUAL = `if(length(bins) = length(joint.1),
          arraySum(r -> pow(arraySum((w, z) -> w * z, r,
            arrayMap((t, b) -> t[b + 1], joint.1, arrayResize(bins, length(joint.1)))), 2), joint.2), NULL)`;
