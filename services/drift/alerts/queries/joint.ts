import { inWindow, ofVersion } from './conditions.ts';
import type { QueryContext } from './query-context.ts';

/** Mean squared Mahalanobis distance of the window's rows beside the reference's, in its standard deviations. */
export function jointQuery(context: QueryContext): string {
  return `WITH (SELECT (numbers, whitening, mean, variance) FROM reference_joint FINAL WHERE ${ofVersion(context.window)}) AS joint
SELECT abs(avg(distance) - any(joint.3)) / sqrt(any(joint.4)) AS value
FROM
(
  SELECT arraySum(r -> pow(arraySum((w, z) -> w * z, r,
    arrayMap((t, b) -> t[b + 1], joint.1, bins)), 2), joint.2) AS distance
  FROM scores
  WHERE ${inWindow(context)}
)`;
}
