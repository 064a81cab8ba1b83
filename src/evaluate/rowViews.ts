/** Views of the rows of the matrices an engine answers with, kept as long as it answers in the same memory. */
export class RowViews {
  private readonly width: number;
  private readonly known = new WeakMap<ArrayBufferLike, { readonly start: number; readonly rows: Float32Array[] }>();

  constructor(width: number) {
    this.width = width;
  }

  /** matrix: [count, width] */
  of(matrix: Float32Array, count: number): readonly Float32Array[] {
    const start = matrix.byteOffset;
    let views = this.known.get(matrix.buffer);
    if (views?.start !== start) this.known.set(matrix.buffer, (views = { start, rows: [] }));
    const { rows } = views;
    for (let row = rows.length; row < count; row++) {
      rows.push(matrix.subarray(row * this.width, (row + 1) * this.width));
    }
    return rows;
  }
}
