import { createEncoder } from '@scoreline/core/features/encoder.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { type WrittenPackage, writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { buildTreeEnsemble, type TreeNode } from '@scoreline/runtime/testing/tree-ensemble.ts';
import { LEVELS, type MadeUpFeature, REFERENCE_ROWS, SPAN, spreadEvenly } from '../made-up-features.ts';
import { growTrees, sumTrees } from './trees.ts';

/** The version that scores. */
export const GROWN = 'grown@1.0.0';

const GOLDEN_ROWS = 20;
const SEED = 7;

/**
 * Writes a package of these features and so many trees, complete as any: golden rows are some of `contents`, scored
 * by walking down the trees here. `remove()` when done.
 */
export function writeGrownPackage(
  features: readonly MadeUpFeature[],
  trees: number,
  contents: readonly LeadEvent[],
): Promise<WrittenPackage> {
  const spans = features.map(({ feature }) => (feature.kind === 'numeric' ? SPAN : LEVELS - 1));
  const nodes = growTrees(trees, spans, SEED);
  const manifests = features.map(({ feature }) => feature);
  const [name = '', version = ''] = GROWN.split('@');
  return writeTinyPackage((parts) => {
    parts.folder = `${name}/${version}`;
    parts.manifest = {
      ...parts.manifest,
      name,
      task: 'classification',
      features: manifests,
      tensor: { input: 'input', width: features.length },
      bands: [
        { name: 'low', lower: null },
        { name: 'high', lower: 0.5 },
      ],
      importance: Object.fromEntries(manifests.map((feature) => [feature.name, 1 / features.length])),
    };
    parts.reference = {
      rows: REFERENCE_ROWS,
      features: features.map(({ distribution }) => distribution),
      score: spreadEvenly('score', 1, 0),
      bands: { low: REFERENCE_ROWS / 2, high: REFERENCE_ROWS / 2 },
    };
    parts.golden = { tolerance: 1e-5, rows: scoreRows(manifests, nodes, contents.slice(0, GOLDEN_ROWS)) };
    parts.model = buildTreeEnsemble(features.length, nodes);
  });
}

function scoreRows(
  features: readonly MadeUpFeature['feature'][],
  nodes: readonly TreeNode[],
  events: readonly LeadEvent[],
): { event: Record<string, unknown>; score: number }[] {
  const encoder = createEncoder({ features });
  return events.map((content) => {
    const event = Object.fromEntries(features.map(({ field }) => [field, content[field]]));
    const row = new Float32Array(encoder.width);
    const problem = encoder.encode(event, row, 0);
    if (problem !== undefined) throw new Error(`a made-up lead is refused: ${problem.message}`);
    return { event, score: sumTrees(nodes, row) };
  });
}
