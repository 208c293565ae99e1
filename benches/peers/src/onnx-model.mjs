/**
 * The bytes of an ONNX model that multiplies two matrices. ONNX files are protocol buffers: a message is a row of
 * fields, each a key (field number << 3 | wire type) and a value. Two wire types do here: 0, a whole number as a varint
 * (seven bits a byte, lowest first, the top bit set on all bytes but the last), and 2, a length as a varint and as many
 * bytes: text, or a message within. Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */

/** From 2020: every runtime of today reads it. */
const IR_VERSION = 7;
const OPSET_VERSION = 13;
const FLOAT = 1;

function varint(value) {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

const integer = (field, value) => [...varint(field * 8), ...varint(value)];
const bytes = (field, content) => [...varint(field * 8 + 2), ...varint(content.length), ...content];
const text = (field, value) => bytes(field, [...Buffer.from(value)]);

/** A ValueInfoProto: name, and a TypeProto with a tensor of float32. */
function matrix(name, shape) {
  const dimensions = shape.flatMap((size) => bytes(1, integer(1, size)));
  const tensorType = [...integer(1, FLOAT), ...bytes(2, dimensions)];
  return [...text(1, name), ...bytes(2, bytes(1, tensorType))];
}

/** c = a b with a [M, K] and b [K, N], both given anew for each run. @returns {Uint8Array} */
export function matmulModel({ M, K, N }) {
  const node = [...text(1, 'a'), ...text(1, 'b'), ...text(2, 'c'), ...text(4, 'MatMul')];
  const graph = [
    ...bytes(1, node),
    ...text(2, 'product'),
    ...bytes(11, matrix('a', [M, K])),
    ...bytes(11, matrix('b', [K, N])),
    ...bytes(12, matrix('c', [M, N])),
  ];
  const opset = integer(2, OPSET_VERSION);
  return Uint8Array.from([...integer(1, IR_VERSION), ...bytes(7, graph), ...bytes(8, opset)]);
}
