/** What `JSON.parse` says nothing of: keys that come twice, and depth. */

const COLON = /[ \t\n\r]*:/y;

/**
 * Says what is wrong with a JSON text apart from its grammar, if anything: that an object has a key twice (of which
 * `JSON.parse` would keep the last), or that objects and arrays lie within each other more than `maxDepth` deep. A text
 * that is no JSON does no harm.
 */
export function jsonProblem(text: string, maxDepth: number): string | undefined {
  const keysOfOpen: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '{' || character === '[') {
      keysOfOpen.push(new Set());
      if (keysOfOpen.length > maxDepth) return `it is nested more than ${maxDepth} deep at character ${i}`;
    } else if (character === '}' || character === ']') {
      keysOfOpen.pop();
    } else if (character === '"') {
      const end = closingQuote(text, i);
      COLON.lastIndex = end + 1;
      if (COLON.test(text)) {
        const key = unquote(text.slice(i, end + 1));
        const keys = keysOfOpen.at(-1);
        if (keys?.has(key)) return `it has the key ${JSON.stringify(key)} twice, again at character ${i}`;
        keys?.add(key);
      }
      i = end;
    }
  }
  return undefined;
}

function closingQuote(text: string, opening: number): number {
  let i = opening + 1;
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

/** Two spellings of a key, such as `"a"` and `"\u0061"`, are the same key. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted);
  } catch {
    return quoted;
  }
}
