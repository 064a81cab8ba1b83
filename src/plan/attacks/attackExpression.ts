import type { AttackSpec } from '../../core/attack.ts';
import { UserError } from '../../core/errors.ts';

/**
 * Reads attacks as people write them: `fgsm,pgd(steps=100,restarts=5)`. Values stay text; the attack's own options
 * read them. Throws a UserError that says what was expected, and where: in the `subject`, as what trains is written so too.
 */
export function parseAttacks(text: string, subject = 'attacks'): AttackSpec[] {
  const tokens = new Tokens(text, subject);
  const specs = [attack(tokens)];
  while (tokens.take(',')) specs.push(attack(tokens));
  if (!tokens.atEnd) throw tokens.expected(', or the end');
  return specs;
}

function attack(tokens: Tokens): AttackSpec {
  const name = tokens.word('a name');
  return { name, options: tokens.take('(') ? options(tokens) : {} };
}

function options(tokens: Tokens): Record<string, string> {
  const read = new Map<string, string>();
  if (tokens.take(')')) return {};
  do {
    const name = tokens.word('the name of an option, each once', (word) => !read.has(word));
    if (!tokens.take('=')) throw tokens.expected('=');
    read.set(name, tokens.word(`a value for ${name}`));
  } while (tokens.take(','));
  if (!tokens.take(')')) throw tokens.expected(', or )');
  return Object.fromEntries(read);
}

/** The text as words and the four marks , ( ) = with spaces left out. */
class Tokens {
  private readonly subject: string;
  private readonly text: string;
  private readonly tokens: readonly { readonly word: string; readonly start: number }[];
  private position = 0;

  constructor(text: string, subject: string) {
    this.subject = subject;
    this.text = text;
    this.tokens = [...text.matchAll(/[,()=]|[^,()=\s]+/g)].map(({ 0: word, index }) => ({ word, start: index }));
  }

  get atEnd(): boolean {
    return this.position === this.tokens.length;
  }

  take(mark: string): boolean {
    if (this.tokens[this.position]?.word !== mark) return false;
    this.position++;
    return true;
  }

  word(meaning: string, fits: (word: string) => boolean = () => true): string {
    const token = this.tokens[this.position];
    if (!token || /[,()=]/.test(token.word) || !fits(token.word)) throw this.expected(meaning);
    this.position++;
    return token.word;
  }

  expected(what: string): UserError {
    const token = this.tokens[this.position];
    const found = token ? `'${token.word}' at character ${token.start + 1}` : 'the end';
    return new UserError(`${this.subject} '${this.text}': expected ${what}, found ${found}`);
  }
}
