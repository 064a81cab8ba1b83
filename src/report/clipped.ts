/** A text that a file may make of any length, with its middle left out where it is longer. */
export function clipped(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const half = Math.floor(longest / 2);
  return `${text.slice(0, half)} … ${text.slice(-half)}`;
}
