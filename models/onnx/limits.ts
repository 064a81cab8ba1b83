/** Protobuf's own limit, and so ONNX Runtime's for one model. */
export const mostBytes = 2 ** 31 - 1;

/** 1 GB of float32: no classifier holds as much in one value. */
export const mostElements = 2 ** 28;
