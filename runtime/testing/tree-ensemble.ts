import { bytesField, type Field, messageField, numberField } from './protobuf.ts';

/** A node of a regression tree; ids count from 0 within their tree, whose root is 0. */
export interface TreeNode {
  readonly tree: number;
  readonly node: number;
  readonly is: Branch | Leaf;
}

export interface Branch {
  readonly column: number;
  /** Float32. At most this goes to `yes`, what is above or NaN to `no`. */
  readonly threshold: number;
  readonly yes: number;
  readonly no: number;
}

export interface Leaf {
  /** Float32. */
  readonly weight: number;
}

/** AttributeProto.type, by the field of AttributeProto that holds such values. */
const TYPES = { floats: { field: 7, type: 6 }, ints: { field: 8, type: 7 }, strings: { field: 9, type: 8 } };

/**
 * An ONNX model from `input` [rows, width] to `score` [rows, 1], the sum over trees of the leaf that a row comes to.
 * Field numbers from onnx/onnx.proto.
 */
export function buildTreeEnsemble(width: number, nodes: readonly TreeNode[]): Buffer {
  const trees = [
    messageField(5, [bytesField(1, 'n_targets'), numberField(3, 1), numberField(20, 2)]),
    ...describeNodes(nodes),
    ...describeLeaves(nodes),
  ];
  const operator = [bytesField(4, 'TreeEnsembleRegressor'), bytesField(7, 'ai.onnx.ml')];
  const node = messageField(1, [bytesField(1, 'input'), bytesField(2, 'score'), ...operator, ...trees]);
  const graph = [node, bytesField(2, 'trees'), value(11, 'input', width), value(12, 'score', 1)];
  const opsets = [opset('', 17), opset('ai.onnx.ml', 3)];
  return Buffer.concat([numberField(1, 8), ...opsets, messageField(7, graph)]);
}

function describeNodes(nodes: readonly TreeNode[]): readonly Field[] {
  const branches = nodes.map(({ is }) => ('column' in is ? is : undefined));
  return [
    ints(
      'nodes_treeids',
      nodes.map(({ tree }) => tree),
    ),
    ints(
      'nodes_nodeids',
      nodes.map(({ node }) => node),
    ),
    ints(
      'nodes_featureids',
      branches.map((branch) => branch?.column ?? 0),
    ),
    floats(
      'nodes_values',
      branches.map((branch) => branch?.threshold ?? 0),
    ),
    strings(
      'nodes_modes',
      branches.map((branch) => (branch === undefined ? 'LEAF' : 'BRANCH_LEQ')),
    ),
    ints(
      'nodes_truenodeids',
      branches.map((branch) => branch?.yes ?? 0),
    ),
    ints(
      'nodes_falsenodeids',
      branches.map((branch) => branch?.no ?? 0),
    ),
  ];
}

function describeLeaves(nodes: readonly TreeNode[]): readonly Field[] {
  const leaves = nodes.flatMap(({ tree, node, is }) =>
    'weight' in is ? [{ tree, node, weight: is.weight }] : [],
  );
  return [
    ints(
      'target_treeids',
      leaves.map(({ tree }) => tree),
    ),
    ints(
      'target_nodeids',
      leaves.map(({ node }) => node),
    ),
    ints(
      'target_ids',
      leaves.map(() => 0),
    ),
    floats(
      'target_weights',
      leaves.map(({ weight }) => weight),
    ),
  ];
}

function opset(domain: string, version: number): Field {
  return messageField(8, [bytesField(1, domain), numberField(2, version)]);
}

/** An input or output of the graph: float32 [rows, columns]. */
function value(field: number, name: string, columns: number): Field {
  const rows = messageField(1, [bytesField(2, 'rows')]);
  const shape = messageField(2, [rows, messageField(1, [numberField(1, columns)])]);
  return messageField(field, [
    bytesField(1, name),
    messageField(2, [messageField(1, [numberField(1, 1), shape])]),
  ]);
}

function ints(name: string, values: readonly number[]): Field {
  return attribute(
    name,
    'ints',
    values.map((each) => numberField(TYPES.ints.field, each)),
  );
}

function floats(name: string, values: readonly number[]): Field {
  const packed = bytesField(TYPES.floats.field, new Uint8Array(Float32Array.from(values).buffer));
  return attribute(name, 'floats', [packed]);
}

function strings(name: string, values: readonly string[]): Field {
  return attribute(
    name,
    'strings',
    values.map((each) => bytesField(TYPES.strings.field, each)),
  );
}

function attribute(name: string, type: keyof typeof TYPES, values: readonly Field[]): Field {
  return messageField(5, [bytesField(1, name), ...values, numberField(20, TYPES[type].type)]);
}
