/**
 * Regular expressions for names, followed along all ways to match at once (Thompson, 1968). JavaScript's own try one way after
 * the other, so that an expression out of a file, such as `(a+)+b`, could keep a program busy for years.
 */

/** Where matching goes on: behind a character, behind a condition, or at any of some other steps. */
type Step =
  | { readonly character: RegExp }
  | { readonly holds: Condition }
  | { readonly next: readonly number[] };

type Condition = (text: string, at: number) => boolean;

/** A part of an expression, which appends its steps; what follows it begins behind them. */
type Part = (steps: Step[]) => void;

/**
 * What an expression consists of: escapes, classes, beginnings of groups, repetitions, and single characters. Only sources that
 * JavaScript's parser has accepted are taken apart.
 */
const TOKENS =
  /\\(?:x[\da-f]{2}|u[\da-f]{4}|c[a-z]|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<[=!]|<[^>]*>|.))?|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gis;

const REPETITION = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??$/;

/** Far more than expressions for names have. */
const MOST_STEPS = 100_000;

/**
 * Whether an expression matches the whole of a text; the time grows with the product of their lengths at most, or with the
 * square of the text's where it looks ahead.
 * @throws SyntaxError for a source that is no regular expression, or has what cannot be followed so: lookbehind, references
 * to groups, flags, and repetitions too many to be written out.
 */
export function nameExpression(source: string): (text: string) => boolean {
  new RegExp(source);
  const steps = stepsOf(parsed(source.match(TOKENS) ?? []));
  return (text) => reachesEnd(steps, text, 0, (at) => at === text.length);
}

function parsed(tokens: readonly string[]): Part {
  let at = 0;
  const alternatives = (): Part => {
    const all = [sequence()];
    while (tokens[at] === '|') {
      at++;
      all.push(sequence());
    }
    return anyOf(all);
  };
  const sequence = (): Part => {
    const parts: Part[] = [];
    while (at < tokens.length && tokens[at] !== '|' && tokens[at] !== ')') parts.push(repeated(item()));
    return (steps) => {
      for (const part of parts) part(steps);
    };
  };
  const item = (): Part => {
    const token = tokens[at++] as string;
    if (!token.startsWith('(')) return single(token);
    const inner = alternatives();
    at++;
    return group(token, inner);
  };
  const repeated = (part: Part): Part => {
    const [found, sign, count, comma, limit] = REPETITION.exec(tokens[at] ?? '') ?? [];
    if (found === undefined) return part;
    at++;
    if (sign === '?') return times(part, 0, 1);
    if (sign !== undefined) return times(part, sign === '+' ? 1 : 0, Number.POSITIVE_INFINITY);
    const least = Number(count);
    if (comma === '') return times(part, least, least);
    return times(part, least, limit === '' ? Number.POSITIVE_INFINITY : Number(limit));
  };
  return alternatives();
}

/** A character or a place, which is left to JavaScript. */
function single(token: string): Part {
  if (/^\\[1-9k]/.test(token)) throw new SyntaxError(`${token} refers to a group, which names cannot`);
  const expression = new RegExp(token, 'y');
  const isPlace = ['^', '$', '\\b', '\\B'].includes(token);
  const step = isPlace
    ? { holds: (text: string, at: number) => matchesAt(expression, text, at) }
    : { character: expression };
  return (steps) => append(steps, step);
}

function group(opening: string, inner: Part): Part {
  if (opening === '(' || opening === '(?:' || /^\(\?<[^=!]/.test(opening)) return inner;
  if (opening !== '(?=' && opening !== '(?!') {
    throw new SyntaxError(`a group ${opening}...) is not possible in names`);
  }
  const ahead = stepsOf(inner);
  const isAhead = remembered((text, at) => reachesEnd(ahead, text, at, () => true));
  return (steps) => append(steps, { holds: (text, at) => isAhead(text, at) === (opening === '(?=') });
}

function anyOf(parts: readonly Part[]): Part {
  return (steps) => {
    const begins: number[] = [];
    const ends: number[] = [];
    append(steps, { next: begins });
    for (const part of parts) {
      begins.push(steps.length);
      part(steps);
      append(steps, { next: ends });
    }
    ends.push(steps.length);
  };
}

function times(part: Part, least: number, most: number): Part {
  return (steps) => {
    for (let i = 0; i < least; i++) part(steps);
    if (most === Number.POSITIVE_INFINITY) {
      const begin = steps.length;
      const end = optional(part, steps);
      append(steps, { next: [begin] });
      end.push(steps.length);
    } else {
      const ends: number[][] = [];
      for (let i = least; i < most; i++) ends.push(optional(part, steps));
      for (const end of ends) end.push(steps.length);
    }
  };
}

/** Appends a part that may be passed over, to where the caller adds. */
function optional(part: Part, steps: Step[]): number[] {
  const next = [steps.length + 1];
  append(steps, { next });
  part(steps);
  return next;
}

function append(steps: Step[], step: Step): void {
  if (steps.length === MOST_STEPS) throw new SyntaxError('the expression is too long, or repeats too much');
  steps.push(step);
}

function stepsOf(part: Part): readonly Step[] {
  const steps: Step[] = [];
  part(steps);
  return steps;
}

/** Whether the end of the steps can be reached from a place in a text, at a place where that counts. */
function reachesEnd(
  steps: readonly Step[],
  text: string,
  from: number,
  counts: (at: number) => boolean,
): boolean {
  let present = reachable(steps, [0], text, from);
  for (let at = from; ; at++) {
    if (present.has(steps.length) && counts(at)) return true;
    if (at === text.length || present.size === 0) return false;
    const behind: number[] = [];
    for (const i of present) {
      const step = steps[i];
      if (step && 'character' in step && matchesAt(step.character, text, at)) behind.push(i + 1);
    }
    present = reachable(steps, behind, text, at + 1);
  }
}

/** The steps at which matching can be without another character. */
function reachable(steps: readonly Step[], from: readonly number[], text: string, at: number): Set<number> {
  const found = new Set<number>();
  const waiting = [...from];
  for (let i = waiting.pop(); i !== undefined; i = waiting.pop()) {
    if (found.has(i)) continue;
    found.add(i);
    const step = steps[i];
    if (step === undefined || 'character' in step) continue;
    if ('next' in step) waiting.push(...step.next);
    else if (step.holds(text, at)) waiting.push(i + 1);
  }
  return found;
}

function matchesAt(expression: RegExp, text: string, at: number): boolean {
  expression.lastIndex = at;
  return expression.test(text);
}

/** A condition that is found out once for each place in a text. */
function remembered(condition: Condition): Condition {
  let known = new Map<number, boolean>();
  let latest: string | undefined;
  return (text, at) => {
    if (text !== latest) [latest, known] = [text, new Map()];
    const holds = known.get(at) ?? condition(text, at);
    known.set(at, holds);
    return holds;
  };
}
