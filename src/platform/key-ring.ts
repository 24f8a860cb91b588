import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A key of AES-256-GCM, 32 bytes, under the name that what it sealed carries. */
export interface SealingKey {
  id: string;
  key: Buffer;
}

/** What was sealed, and under which key. */
export interface Sealed {
  keyId: string;
  /** nonce, ciphertext and tag, in this order */
  data: Buffer;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

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
 */
export class KeyRing {
  private readonly byId: ReadonlyMap<string, Buffer>;
  private readonly first: SealingKey;

  /** @param keys at least one; the first seals */
  constructor(keys: readonly SealingKey[]) {
    const [first] = keys;
    if (first === undefined) throw new Error('a key ring has at least one key');
    this.first = first;
    this.byId = new Map(keys.map(({ id, key }) => [id, key]));
  }

  /** @param context what it belongs to: it opens under the same context only */
  seal(plain: Uint8Array, context = ''): Sealed {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.first.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(context));
    const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { keyId: this.first.id, data };
  }

  /** @throws CannotOpen */
  open({ keyId, data }: Sealed, context = ''): Buffer {
    const key = this.byId.get(keyId);
    if (key === undefined) throw new CannotOpen(`the key ${keyId} is not in the ring`);
    if (data.length < NONCE_BYTES + TAG_BYTES) throw new CannotOpen('it is too short');
    const decipher = createDecipheriv(ALGORITHM, key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(data.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw new CannotOpen('it was changed, or it belongs elsewhere');
    }
  }
}
