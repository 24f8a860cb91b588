import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

/** A key of AES-256-GCM, 32 bytes, under the name that what it sealed carries. */
export interface SealingKey {
  id: string;
  key: Buffer;
}

/** What was sealed, and under which key. */
export interface Sealed {
  keyId: string;
  /** salt, nonce, ciphertext and tag, in this order */
  data: Buffer;
}

const ALGORITHM = 'aes-256-gcm';
export const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = SALT_BYTES + NONCE_BYTES;

const KEY = /^([A-Za-z0-9._-]{1,32}):([A-Za-z0-9+/]{43}=)$/;
/** Each key that is kept is one that can leak: years of monthly rotation are below this. */
const MAX_KEYS = 50;

/** The keys that a text names, `<id>:<base64 of 32 bytes>` with commas between; null where it is none. */
export function parseKeys(text: string): SealingKey[] | null {
  const keys = text.split(',').map((each) => {
    const [, id = '', base64 = ''] = KEY.exec(each.trim()) ?? [];
    return { id, key: Buffer.from(base64, 'base64') };
  });
  const areWhole = keys.every(({ id, key }) => id !== '' && key.length === KEY_BYTES);
  const areDistinct = new Set(keys.map(({ id }) => id)).size === keys.length;
  return areWhole && areDistinct && keys.length <= MAX_KEYS ? keys : null;
}

/** Something that no key of the ring opens, or that was changed since it was sealed. */
export class CannotOpen extends Error {
  constructor(why: string) {
    super(`What is sealed can not be opened: ${why}.`);
    this.name = 'CannotOpen';
  }
}

/**
 * Seals with the first key and opens with any: a new key goes to the front, and an old one stays for as long as something
 * that it sealed is kept.
 *
 * Each message has a key of its own, made from the ring's and a random salt: under one key, random nonces of 96 bits are
 * good for some four billion messages, which the payloads of a busy system come to.
 */
export class KeyRing {
  // private to the runtime, too: no log and no inspection of an object that holds a ring shows a key
  readonly #byId: ReadonlyMap<string, Buffer>;
  readonly #first: SealingKey;

  /** @param keys at least one; the first seals */
  constructor(keys: readonly SealingKey[]) {
    const [first] = keys;
    if (first === undefined) throw new Error('a key ring has at least one key');
    if (keys.some(({ key }) => key.length !== KEY_BYTES)) throw new Error(`a sealing key has ${KEY_BYTES} bytes`);
    this.#first = first;
    this.#byId = new Map(keys.map(({ id, key }) => [id, key]));
  }

  /** @param context what it belongs to: it opens under the same context only */
  seal(plain: Uint8Array, context = ''): Sealed {
    const head = randomBytes(HEAD_BYTES);
    const cipher = createCipheriv(ALGORITHM, messageKey(this.#first.key, head), head.subarray(SALT_BYTES), {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(Buffer.from(context));
    const data = Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { keyId: this.#first.id, data };
  }

  /** @throws CannotOpen */
  open({ keyId, data }: Sealed, context = ''): Buffer {
    const key = this.#byId.get(keyId);
    if (key === undefined)
      throw new CannotOpen(`the key ${keyId} is not in the ring, which is made of TENOR_ENCRYPTION_KEYS`);
    if (data.length < HEAD_BYTES + TAG_BYTES) throw new CannotOpen('it is too short');
    const decipher = createDecipheriv(ALGORITHM, messageKey(key, data), data.subarray(SALT_BYTES, HEAD_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(data.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(data.subarray(HEAD_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw new CannotOpen('it was changed, or it belongs elsewhere');
    }
  }
}

function messageKey(key: Buffer, head: Buffer): Buffer {
  return createHmac('sha256', key).update(head.subarray(0, SALT_BYTES)).digest();
}
