import { buildTreeEnsemble, type TreeNode } from './tree-ensemble.ts';

/**
 * An ONNX model of one regression tree over three inputs, which goes down one step a node: `depth` of them. It is
 * sound by ONNX's rules; onnxruntime opens trees by recursion, and beyond some ten thousand nodes its stack is full:
 * a segmentation fault.
 */
export function buildDeepTree(depth: number): Buffer {
  const inner = Array.from({ length: depth }, (_, node): TreeNode => {
    return { tree: 0, node, is: { column: 0, threshold: node, yes: depth + node, no: nextOf(node, depth) } };
  });
  const leaves = Array.from({ length: depth + 1 }, (_, leaf): TreeNode => {
    return { tree: 0, node: depth + leaf, is: { weight: 1 } };
  });
  return buildTreeEnsemble(3, [...inner, ...leaves]);
}

/** One step deeper; from the last, the leaf that is left. */
function nextOf(node: number, depth: number): number {
  return node === depth - 1 ? 2 * depth : node + 1;
}
