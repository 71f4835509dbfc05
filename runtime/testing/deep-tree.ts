import { bytesField, type Field, messageField, numberField } from './protobuf.ts';

/** AttributeProto.type, by the field of AttributeProto that holds such values. */
const TYPES = { floats: { field: 7, type: 6 }, ints: { field: 8, type: 7 }, strings: { field: 9, type: 8 } };

/**
 * An ONNX model of one regression tree over three inputs, which goes down one step a node: `depth` of them. It is
 * sound by ONNX's rules; onnxruntime opens trees by recursion, and beyond some ten thousand nodes its stack is full:
 * a segmentation fault. Field numbers from onnx/onnx.proto.
 */
export function buildDeepTree(depth: number): Buffer {
  const inner = Array.from({ length: depth }, (_, node) => node);
  const leaves = Array.from({ length: depth + 1 }, (_, leaf) => depth + leaf);
  const nodes = [...inner, ...leaves];
  const isInner = (node: number): boolean => node < depth;
  const zeros = nodes.map(() => 0);
  const tree = [
    messageField(5, [bytesField(1, 'n_targets'), numberField(3, 1), numberField(20, 2)]),
    ints('nodes_treeids', zeros),
    ints('nodes_nodeids', nodes),
    ints('nodes_featureids', zeros),
    floats('nodes_values', nodes),
    strings(
      'nodes_modes',
      nodes.map((node) => (isInner(node) ? 'BRANCH_LEQ' : 'LEAF')),
    ),
    ints(
      'nodes_truenodeids',
      nodes.map((node) => (isInner(node) ? depth + node : 0)),
    ),
    ints(
      'nodes_falsenodeids',
      nodes.map((node) => (isInner(node) ? nextOf(node, depth) : 0)),
    ),
    ints(
      'target_treeids',
      leaves.map(() => 0),
    ),
    ints('target_nodeids', leaves),
    ints(
      'target_ids',
      leaves.map(() => 0),
    ),
    floats(
      'target_weights',
      leaves.map(() => 1),
    ),
  ];
  const operator = [bytesField(4, 'TreeEnsembleRegressor'), bytesField(7, 'ai.onnx.ml')];
  const node = messageField(1, [bytesField(1, 'input'), bytesField(2, 'score'), ...operator, ...tree]);
  const graph = [node, bytesField(2, 'tree'), value(11, 'input', 3), value(12, 'score', 1)];
  const opsets = [opset('', 17), opset('ai.onnx.ml', 3)];
  return Buffer.concat([numberField(1, 8), ...opsets, messageField(7, graph)]);
}

/** One step deeper; from the last, the leaf that is left. */
function nextOf(node: number, depth: number): number {
  return node === depth - 1 ? 2 * depth : node + 1;
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
