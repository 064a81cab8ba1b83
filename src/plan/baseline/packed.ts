/** Lists as base64: a byte for a small number, a bit for a yes or no. Each reader returns undefined for what no writer made. */

const more = 0x80;

/** Whole numbers from 0, seven bits to a byte (LEB128). */
export function packNumbers(numbers: Iterable<number>): string {
  const bytes: number[] = [];
  for (let left of numbers) {
    for (; left >= more; left = Math.floor(left / more)) bytes.push((left % more) | more);
    bytes.push(left);
  }
  return Buffer.from(bytes).toString('base64');
}

export function unpackNumbers(packed: string, count: number): number[] | undefined {
  const numbers: number[] = [];
  let [value, weight] = [0, 1];
  for (const byte of bytesOf(packed) ?? []) {
    value += (byte % more) * weight;
    weight *= more;
    if (byte >= more) continue;
    numbers.push(value);
    [value, weight] = [0, 1];
  }
  return numbers.length === count && weight === 1 ? numbers : undefined;
}

export function packBits(count: number, isSet: (index: number) => boolean): string {
  const bytes = Buffer.alloc(Math.ceil(count / 8));
  for (let i = 0; i < count; i++) if (isSet(i)) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  return bytes.toString('base64');
}

export function unpackBits(packed: string, count: number): ((index: number) => boolean) | undefined {
  const bytes = bytesOf(packed);
  if (bytes?.length !== Math.ceil(count / 8)) return undefined;
  const isSet = (index: number) => ((bytes[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  return packBits(count, isSet) === packed ? isSet : undefined; // no bit beyond the count
}

/** Texts of hexadecimal digits, all of the same length. */
export function packHex(texts: readonly string[]): string {
  return Buffer.from(texts.join(''), 'hex').toString('base64');
}

export function unpackHex(packed: string, count: number, digits: number): string[] | undefined {
  const bytes = bytesOf(packed);
  if (bytes?.length !== (count * digits) / 2) return undefined;
  const text = bytes.toString('hex');
  return Array.from({ length: count }, (_, i) => text.slice(i * digits, (i + 1) * digits));
}

/** Node passes over what is not base64. */
function bytesOf(packed: string): Buffer | undefined {
  const bytes = Buffer.from(packed, 'base64');
  return bytes.toString('base64') === packed ? bytes : undefined;
}
