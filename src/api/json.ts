import { isUtf8 } from 'node:buffer';
import { Problem } from './problem';

/**
 * Reads JSON more strictly than JSON.parse, as RFC 8259 and I-JSON (RFC 7493) advise: bytes that are not UTF-8 are no
 * replacement characters, and a name that comes twice in an object is nothing to choose from. Two programs that read such a
 * text differently are a way past whichever of them checks it.
 *
 * @throws Problem `malformed-json`
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Problem('malformed-json', 'The body is not in UTF-8.');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('malformed-json', 'The body is not JSON: check quotes, commas and brackets.');
  }
  const repeated = repeatedName(text);
  if (repeated === undefined) return value;
  throw new Problem('malformed-json', `The body has ${JSON.stringify(repeated)} twice in one object.`);
}

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const BACKSLASH = 0x5c;

/**
 * A name that an object in a JSON text has twice. It goes over text that JSON.parse has taken, which does not say: outside its
 * strings, the text before a colon is a name, and brackets come in pairs.
 */
function repeatedName(text: string): string | undefined {
  const open: (Set<string> | null)[] = []; // null: a list
  let names: Set<string> | null = null;
  let from = 0;
  let to = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        from = at;
        at = endOfString(text, at);
        to = at + 1;
        break;
      case COLON: {
        const name = nameIn(text, from, to);
        if (names?.has(name)) return name;
        names?.add(name);
        break;
      }
      case OPEN_OBJECT:
        open.push(names);
        names = new Set();
        break;
      case OPEN_LIST:
        open.push(names);
        names = null;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        names = open.pop() ?? null;
        break;
    }
  }
  return undefined;
}

/** The position of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, position: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(position - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function nameIn(text: string, from: number, to: number): string {
  const name = text.slice(from + 1, to - 1);
  return name.includes('\\') ? String(JSON.parse(text.slice(from, to))) : name;
}
