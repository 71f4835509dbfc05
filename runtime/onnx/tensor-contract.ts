import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import type { InferenceSession } from 'onnxruntime-node';

/** What a manifest says of its model's tensors. */
export interface TensorContract {
  /** The model's one input, float32 [rows, width]. */
  readonly inputName: string;
  readonly width: number;
  /** A float32 output, [rows] or [rows, columns]; `column` of it is the raw score. */
  readonly outputName: string;
  readonly column: number;
}

type ValueMetadata = InferenceSession.ValueMetadata;

/** Compares a model's own inputs and outputs with the manifest's; every difference at once. */
export function checkTensors(
  model: { readonly inputs: readonly ValueMetadata[]; readonly outputs: readonly ValueMetadata[] },
  contract: TensorContract,
): PackageProblem[] {
  return [...checkInputs(model.inputs, contract), ...checkOutput(model.outputs, contract)];
}

function checkInputs(
  inputs: readonly ValueMetadata[],
  { inputName, width }: TensorContract,
): PackageProblem[] {
  const input = inputs.find(({ name }) => name === inputName);
  if (input === undefined || inputs.length !== 1) {
    const what = `must have one input, ${inputName} (tensor.input), but has ${listNames(inputs)}`;
    return [problem('model.input', what)];
  }
  if (!input.isTensor || input.type !== 'float32') {
    return [problem('model.input', `input ${inputName} must be a float32 tensor, but is ${typeOf(input)}`)];
  }
  const [rows, columns] = input.shape;
  if (
    input.shape.length !== 2 ||
    typeof rows === 'number' ||
    (typeof columns === 'number' && columns !== width)
  ) {
    const what = `input ${inputName} must have shape [rows, ${width}] (tensor.width) with any number of rows`;
    return [problem('model.input', `${what}, but has [${input.shape.join(', ')}]`)];
  }
  return [];
}

function checkOutput(
  outputs: readonly ValueMetadata[],
  { outputName, column }: TensorContract,
): PackageProblem[] {
  const output = outputs.find(({ name }) => name === outputName);
  if (output === undefined) {
    return [
      problem('model.output', `has no output ${outputName} (output.output), but ${listNames(outputs)}`),
    ];
  }
  if (!output.isTensor || output.type !== 'float32') {
    const what = `output ${outputName} must be a float32 tensor, but is ${typeOf(output)}`;
    return [problem('model.output_type', output.isTensor ? what : `${what}: export it with ZipMap off`)];
  }
  const columns = output.shape.length === 1 ? 1 : output.shape[1];
  const isTooNarrow = typeof columns === 'number' && column >= columns;
  if (output.shape.length < 1 || output.shape.length > 2 || isTooNarrow) {
    const what = `output ${outputName} must have shape [rows] or [rows, columns] with a column ${column} (output.column)`;
    return [problem('model.output', `${what}, but has [${output.shape.join(', ')}]`)];
  }
  return [];
}

function problem(code: PackageProblem['code'], what: string): PackageProblem {
  return { code, message: `model.onnx: ${what}` };
}

function listNames(values: readonly ValueMetadata[]): string {
  return values.length === 0 ? 'none' : values.map(({ name }) => name).join(', ');
}

function typeOf(value: ValueMetadata): string {
  return value.isTensor ? value.type : 'no tensor';
}
