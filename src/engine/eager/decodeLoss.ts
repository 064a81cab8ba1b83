import { lossKind, type Loss, type LossRows } from '../../core/losses.ts';

const hot = (vector: Float32Array): number => vector.indexOf(1);

const decoders: Readonly<Record<number, (a: Float32Array, b: Float32Array) => Loss>> = {
  [lossKind.crossEntropy]: (a) => ({ crossEntropy: a }),
  [lossKind.linear]: (a) => ({ linear: a }),
  [lossKind.margin]: (a) => ({ margin: hot(a) }),
  [lossKind.dlr]: (a) => ({ dlr: hot(a) }),
  [lossKind.targetedDlr]: (a, b) => ({ targetedDlr: [hot(a), hot(b)] }),
};

/** One row's loss, read back from the form that the compiled graph takes. */
export function decodeLoss(losses: LossRows, row: number, classes: number): Loss {
  const kind = losses.kind[row] as number;
  const decode = decoders[kind];
  if (!decode) throw new Error(`loss of row ${row}: unknown kind ${kind}`);
  const [start, end] = [row * classes, (row + 1) * classes];
  return decode(losses.a.subarray(start, end), losses.b.subarray(start, end));
}
