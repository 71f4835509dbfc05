import { createRandom } from '@scoreline/core/drift/testing/random.ts';
import type { Branch, TreeNode } from '@scoreline/runtime/testing/tree-ensemble.ts';

/** Of every tree: as deep as the trainer lets them grow where reasons are to stay cheap. */
const DEPTH = 4;
const BRANCHES = 2 ** DEPTH - 1;
const LEAVES = 2 ** DEPTH;

/**
 * Full trees with random splits: `spans[column]` is how far a column's numbers go. Leaves are even, from 0 to a share
 * such that no row's sum is beyond 1. The same seed, the same trees.
 */
export function growTrees(count: number, spans: readonly number[], seed: number): readonly TreeNode[] {
  const random = createRandom(seed);
  const growBranch = (node: number): Branch => {
    const column = Math.floor(random.uniform() * spans.length);
    const threshold = Math.fround(random.uniform() * (spans[column] ?? 1));
    return { column, threshold, yes: 2 * node + 1, no: 2 * node + 2 };
  };
  return Array.from({ length: count }, (_, tree) =>
    Array.from({ length: BRANCHES + LEAVES }, (_, node): TreeNode => {
      const is = node < BRANCHES ? growBranch(node) : { weight: Math.fround(random.uniform() / count) };
      return { tree, node, is };
    }),
  ).flat();
}

/** What the trees say of one row: the scores that onnxruntime is held against. */
export function sumTrees(nodes: readonly TreeNode[], row: Float32Array): number {
  const size = BRANCHES + LEAVES;
  let sum = 0;
  for (let root = 0; root < nodes.length; root += size) sum += leafWeight(nodes, root, row);
  return sum;
}

function leafWeight(nodes: readonly TreeNode[], root: number, row: Float32Array): number {
  let at = nodes[root]?.is;
  while (at !== undefined && 'column' in at) {
    const goesOn: number = (row[at.column] ?? NaN) <= at.threshold ? at.yes : at.no;
    at = nodes[root + goesOn]?.is;
  }
  if (at === undefined) throw new RangeError('a tree is cut short');
  return at.weight;
}
