/**
 * Where an ONNX model keeps tensors in other files: their locations, each once, as the model names them. Such a
 * file is covered by no hash of the model, so a package with one is refused.
 *
 * Reads the protobuf's bytes without a schema compiler: only the messages on the way from ModelProto to TensorProto
 * (field numbers from onnx/onnx.proto). Throws RangeError where the bytes are no protobuf.
 */
export function findExternalData(model: Uint8Array): string[] {
  const locations = new Set<string>();
  visit(model, 'model', locations);
  return [...locations];
}

type MessageName =
  'model' | 'graph' | 'node' | 'attribute' | 'function' | 'sparse' | 'training' | 'tensor' | 'entry';

/** Field numbers that hold messages on the way to a tensor. */
const CHILDREN: Readonly<Record<MessageName, Readonly<Record<number, MessageName>>>> = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
  entry: {},
};

/** TensorProto.data_location and its value EXTERNAL. */
const DATA_LOCATION = 14;
const EXTERNAL = 1;

/** Branches within branches of a graph; a real model has a few. */
const MAX_DEPTH = 200;

function visit(bytes: Uint8Array, name: MessageName, locations: Set<string>, depth = 0): void {
  if (depth > MAX_DEPTH) throw new RangeError(`its messages nest deeper than ${MAX_DEPTH}`);
  let isExternal = false;
  for (const { number, value } of readFields(bytes)) {
    if (typeof value === 'number') {
      // Of several, the last one counts, as protobuf has it.
      if (name === 'tensor' && number === DATA_LOCATION) isExternal = value === EXTERNAL;
      continue;
    }
    const child = CHILDREN[name][number];
    if (child !== undefined && child !== 'entry') visit(value, child, locations, depth + 1);
  }
  if (isExternal) locations.add(externalLocation(bytes));
}

/** TensorProto.external_data is a list of key and value; the file's name is at the key `location`. */
function externalLocation(tensor: Uint8Array): string {
  for (const { number, value } of readFields(tensor)) {
    if (typeof value === 'number' || CHILDREN.tensor[number] !== 'entry') continue;
    const texts = [...readFields(value)].map((field) => decodeText(field.value));
    if (texts[0] === 'location') return texts[1] ?? '';
  }
  return '(no location)';
}

function decodeText(value: number | Uint8Array): string {
  return typeof value === 'number' ? '' : new TextDecoder().decode(value);
}

interface Field {
  readonly number: number;
  /** A varint's low 53 bits, or the bytes of a length-delimited field. */
  readonly value: number | Uint8Array;
}

/** A protobuf message's varint and length-delimited fields, in order; fields of fixed size are stepped over. */
function* readFields(bytes: Uint8Array): Generator<Field> {
  const cursor = { bytes, position: 0 };
  while (cursor.position < bytes.length) {
    const tag = readVarint(cursor);
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === 0) yield { number, value: readVarint(cursor) };
    else if (wireType === 2) yield { number, value: take(cursor, readVarint(cursor)) };
    else if (wireType === 1) take(cursor, 8);
    else if (wireType === 5) take(cursor, 4);
    else throw new RangeError(`no protobuf: wire type ${wireType} at byte ${cursor.position}`);
  }
}

interface Cursor {
  readonly bytes: Uint8Array;
  position: number;
}

function take(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.position + length;
  if (end > cursor.bytes.length)
    throw new RangeError(`no protobuf: a field ends after byte ${cursor.bytes.length}`);
  const taken = cursor.bytes.subarray(cursor.position, end);
  cursor.position = end;
  return taken;
}

function readVarint(cursor: Cursor): number {
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = take(cursor, 1)[0] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new RangeError(`no protobuf: a number of more than 10 bytes at byte ${cursor.position}`);
}
