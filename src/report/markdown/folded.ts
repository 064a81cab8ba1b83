/** Behind a line that opens it; '' stays ''. The empty lines make what is inside markdown again. */
export function folded(summary: string, inside: string): string {
  return inside === '' ? '' : `<details><summary>${summary}</summary>\n\n${inside}\n\n</details>`;
}

const mostOpen = 12;

/** Open while its rows are few. */
export function foldedIfMany(rows: number, what: string, inside: string): string {
  return rows > mostOpen ? folded(`${rows} ${what}`, inside) : inside;
}
