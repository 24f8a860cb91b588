import { createHmac } from 'node:crypto';

/** What secrets of ours begin with; the base64 behind it is the key of the Standard Webhooks signature. */
export const SECRET_PREFIX = 'whsec_';
/** What begins so has 24 bytes at least behind it: anything else might decode to a key that can be guessed, or to none. */
const OURS = /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/;
const OWN = /^[\x20-\x7e]{8,256}$/;

/** Whether a secret that somebody brings can sign: 8 to 256 printable ASCII characters. */
export const isSecret = (text: string): boolean =>
  OWN.test(text) && (!text.startsWith(SECRET_PREFIX) || OURS.test(text));

/**
 * The headers that prove to a receiver where a delivery comes from: `X-TOSS-Signature`, and the three of Standard Webhooks.
 *
 * @param secrets the valid ones: each signs, so that a receiver may hold any of them while one is rotated
 * @param at real time of this try
 */
export function signedHeaders(
  { id, body }: { id: string; body: string },
  secrets: readonly string[],
  at: Date,
): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1_000);
  const toss = secrets.map((secret) => `v1=${hmac(secret, `${seconds}.${body}`).toString('hex')}`);
  const standard = secrets.map((secret) => `v1,${hmac(keyOf(secret), `${id}.${seconds}.${body}`).toString('base64')}`);
  return {
    'x-toss-signature': [`t=${seconds}`, ...toss].join(','),
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': standard.join(' '),
  };
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Of the Standard Webhooks signature; of a secret that is not one of ours, its text. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith(SECRET_PREFIX) ? Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64') : Buffer.from(secret);
