import { bytesField, type Field, messageField, numberField } from '@scoreline/runtime/testing/protobuf.ts';

/** One more step of a model's graph; an operator of the standard domain. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, number | OnnxConstant>>;
}

/** A tensor that is known beforehand. */
export interface OnnxConstant {
  readonly dims: readonly number[];
  readonly type: 'float32' | 'int64';
  readonly values: readonly number[];
}

export interface OnnxAddition {
  readonly constants: Readonly<Record<string, OnnxConstant>>;
  readonly nodes: readonly OnnxNode[];
  /** The name of a further output, float32 [rows, 1]. */
  readonly output: string;
}

/**
 * The model with nodes and an output more. Two protobuf messages, one written after the other, are one message with
 * the fields of both (protobuf.dev, "Last One Wins"): so the model's own bytes stay as they are. Field numbers from
 * onnx/onnx.proto.
 */
export function extendOnnx(model: Uint8Array, { constants, nodes, output }: OnnxAddition): Buffer {
  const graph = messageField(7, [
    ...nodes.map(nodeField),
    ...Object.entries(constants).map(([name, constant]) => messageField(5, tensor(constant, name))),
    messageField(12, [bytesField(1, output), messageField(2, [messageField(1, rowsByOne())])]),
  ]);
  return Buffer.concat([model, graph]);
}

const TENSOR_TYPES = { float32: 1, int64: 7 } as const;
const ATTRIBUTE_TYPES = { int: 2, tensor: 4 } as const;

function nodeField({ op, inputs, output, attributes = {} }: OnnxNode): Field {
  return messageField(1, [
    ...inputs.map((input) => bytesField(1, input)),
    bytesField(2, output),
    bytesField(4, op),
    ...Object.entries(attributes).map(([name, value]) => messageField(5, attribute(name, value))),
  ]);
}

function attribute(name: string, value: number | OnnxConstant): readonly Field[] {
  const named = bytesField(1, name);
  return typeof value === 'number'
    ? [named, numberField(3, value), numberField(20, ATTRIBUTE_TYPES.int)]
    : [named, messageField(5, tensor(value, name)), numberField(20, ATTRIBUTE_TYPES.tensor)];
}

function tensor({ dims, type, values }: OnnxConstant, name: string): readonly Field[] {
  const raw = type === 'float32' ? Float32Array.from(values) : BigInt64Array.from(values, BigInt);
  return [
    ...dims.map((dim) => numberField(1, dim)),
    numberField(2, TENSOR_TYPES[type]),
    bytesField(8, name),
    bytesField(9, new Uint8Array(raw.buffer)),
  ];
}

/** The type of a float32 tensor of shape [rows, 1]. */
function rowsByOne(): readonly Field[] {
  const shape = messageField(2, [
    messageField(1, [bytesField(2, 'rows')]),
    messageField(1, [numberField(1, 1)]),
  ]);
  return [numberField(1, TENSOR_TYPES.float32), shape];
}
