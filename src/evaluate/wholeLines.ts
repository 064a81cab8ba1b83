import { readSync } from 'node:fs';

export interface Line {
  /** Without its line break. */
  readonly text: string;
  /** Where it begins, in bytes. */
  readonly offset: number;
}

const blockBytes = 1 << 16;
const lineBreak = 0x0a;

/** The lines of a file from its beginning. What follows the last line break is none: a crash cut it off. */
export function* wholeLines(descriptor: number): Generator<Line> {
  const block = Buffer.alloc(blockBytes);
  let rest = Buffer.alloc(0);
  let offset = 0;
  for (let position = 0; ; ) {
    const read = readSync(descriptor, block, 0, blockBytes, position);
    if (read === 0) return;
    position += read;
    const bytes = Buffer.concat([rest, block.subarray(0, read)]);
    let start = 0;
    for (let end = bytes.indexOf(lineBreak); end >= 0; end = bytes.indexOf(lineBreak, start)) {
      yield { text: bytes.toString('utf8', start, end), offset };
      offset += end + 1 - start;
      start = end + 1;
    }
    rest = Buffer.from(bytes.subarray(start));
  }
}

/** The line that begins at `offset`. */
export function lineAt(descriptor: number, offset: number): string {
  for (let length = 1024; ; length *= 4) {
    const bytes = Buffer.alloc(length);
    const read = readSync(descriptor, bytes, 0, length, offset);
    const end = bytes.subarray(0, read).indexOf(lineBreak);
    if (end >= 0 || read < length) return bytes.toString('utf8', 0, end < 0 ? read : end);
  }
}
