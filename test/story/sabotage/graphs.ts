import type { OnnxAddition, OnnxConstant, OnnxNode } from './extend-onnx.ts';

/** The model's own raw score, and its input. */
const RAW = 'raw';
const INPUT = 'input';
/** The first column of bank-leads' input: a number that is never missing. */
const AGE_COLUMN = 0;

/** What each sabotaged version does with the raw score of an honest one; its output is called {@link SABOTAGED}. */
export const SABOTAGED = 'sabotaged';

/** The better a lead, the worse its score: reflected about the middle of the range that the calibration knows. */
export function invert(lowest: number, highest: number): OnnxAddition {
  return {
    constants: { ends: scalar(lowest + highest) },
    nodes: [{ op: 'Sub', inputs: ['ends', RAW], output: SABOTAGED }],
    output: SABOTAGED,
  };
}

/** NaN for leads older than `age`: the root of a negative number, times nothing, is added to their score. */
export function spoilAbove(age: number): OnnxAddition {
  return {
    constants: { ...PICK_AGE.constants, most: scalar(age), nothing: scalar(0) },
    nodes: [
      PICK_AGE.node,
      { op: 'Sub', inputs: ['most', 'age'], output: 'years_left' },
      { op: 'Sqrt', inputs: ['years_left'], output: 'root' },
      ...addNothing('root'),
    ],
    output: SABOTAGED,
  };
}

/** The same score after `layers` products with a matrix of `width` × `width`: a network far too large for its task. */
export function burden(width: number, layers: number): OnnxAddition {
  const names = Array.from({ length: layers + 1 }, (_, layer) => `layer_${layer}`);
  const products = names.slice(1).map((output, before): OnnxNode => {
    return { op: 'MatMul', inputs: [`layer_${before}`, 'square'], output };
  });
  return {
    constants: {
      ...PICK_AGE.constants,
      nothing: scalar(0),
      row_shape: shape(1, width),
      square_shape: shape(width, width),
      column_shape: shape(width, 1),
    },
    nodes: [
      PICK_AGE.node,
      ...['row', 'square', 'column'].map((name) => fill(name, 1 / width)),
      { op: 'MatMul', inputs: ['age', 'row'], output: 'layer_0' },
      ...products,
      { op: 'MatMul', inputs: [`layer_${layers}`, 'column'], output: 'end' },
      ...addNothing('end'),
    ],
    output: SABOTAGED,
  };
}

/** The same score: an honest model under another version. */
export function same(): OnnxAddition {
  return { constants: {}, nodes: [{ op: 'Identity', inputs: [RAW], output: SABOTAGED }], output: SABOTAGED };
}

/** An operator that no runtime has. */
export function crash(): OnnxAddition {
  return {
    constants: {},
    nodes: [{ op: 'NoSuchOperator', inputs: [RAW], output: SABOTAGED }],
    output: SABOTAGED,
  };
}

const PICK_AGE = {
  constants: { age_column: shape(AGE_COLUMN) },
  node: { op: 'Gather', inputs: [INPUT, 'age_column'], output: 'age', attributes: { axis: 1 } },
} as const;

function addNothing(what: string): readonly OnnxNode[] {
  return [
    { op: 'Mul', inputs: [what, 'nothing'], output: 'added' },
    { op: 'Add', inputs: [RAW, 'added'], output: SABOTAGED },
  ];
}

function fill(name: string, value: number): OnnxNode {
  const attributes = { value: { dims: [1], type: 'float32', values: [value] } } as const;
  return { op: 'ConstantOfShape', inputs: [`${name}_shape`], output: name, attributes };
}

function scalar(value: number): OnnxConstant {
  return { dims: [1], type: 'float32', values: [value] };
}

function shape(...dims: readonly number[]): OnnxConstant {
  return { dims: [dims.length], type: 'int64', values: dims };
}
