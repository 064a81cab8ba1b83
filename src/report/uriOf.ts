/** A path as a URI: relative ones stay so. Half a surrogate pair, which no URI can hold, becomes the replacement character. */
export function uriOf(path: string): string {
  const parts = Buffer.from(path).toString().split(/[\\/]/);
  const encoded = parts.map((part, i) => (i === 0 && /^[a-z]:$/i.test(part) ? part : encodeURIComponent(part))).join('/');
  if (encoded.startsWith('/')) return `file://${encoded}`;
  return /^[a-z]:\//i.test(encoded) ? `file:///${encoded}` : encoded;
}
