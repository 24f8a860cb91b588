import { createHash } from 'node:crypto';

/** Crockford's base 32, in which a ULID's 128 bits are 26 letters. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 128 bits leave the first letter three. */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The UUID of the 128 bits that a native id's ULID has; an id without one, such as a member's own, stays as it is. */
export function uuidOf(id: string): string {
  const ulid = id.slice(id.lastIndexOf('_') + 1);
  if (!ULID.test(ulid)) return id;
  let bits = 0n;
  for (const letter of ulid) bits = bits * 32n + BigInt(LETTERS.indexOf(letter));
  return hyphenated(bits.toString(16).padStart(32, '0'));
}

/** The native id of a UUID that {@link uuidOf} gave, for ids of a prefix; anything else is returned as it is. */
export function idFromUuid(prefix: string, text: string): string {
  if (!UUID.test(text)) return text;
  let bits = BigInt(`0x${text.replaceAll('-', '')}`);
  let ulid = '';
  for (let place = 0; place < 26; place += 1) {
    ulid = LETTERS.charAt(Number(bits % 32n)) + ulid;
    bits /= 32n;
  }
  return `${prefix}_${ulid}`;
}

/** What our names are under, RFC 9562: a random UUID. */
const NAMESPACE = Buffer.from('273d2a70d09e4327a908aa71c29909e4', 'hex');

/** The UUID, version 5 of RFC 9562, of something that has a name and no ULID: a tenant, or the third installment of a loan. */
export function uuidOfName(name: string): string {
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return hyphenated(bytes.toString('hex'));
}

const hyphenated = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
