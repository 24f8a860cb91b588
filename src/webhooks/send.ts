import type { Resolve } from '../platform/addresses';
import { OutboundError, type OutboundFailure, postJson } from '../platform/outbound';
import { signedHeaders } from './signature';

/** A receiver that has not answered by then is told again later. */
export const SEND_TIMEOUT_MS = 10_000;
/** Of an answer, for the log: enough for the reason that a receiver gives. */
const KEPT_ANSWER_BYTES = 500;

/** What became of one try. */
export interface Outcome {
  at: Date;
  durationMs: number;
  /** of the answer; null where there was none */
  status: number | null;
  /** the beginning of the answer's body */
  answer: string | null;
  error: Exclude<OutboundFailure, 'ABORTED'> | null;
}

export interface Target {
  url: string;
  secrets: readonly string[];
  allowPrivate: boolean;
  /** default: DNS */
  resolve?: Resolve | undefined;
}

/** What is sent: a body, and the event's id, which is the same however it is told. */
export interface Message {
  id: string;
  body: string;
}

/** 2xx: the receiver has it. */
export const isDelivered = ({ status }: Outcome): boolean => status !== null && status >= 200 && status < 300;

/**
 * Sends a message to an endpoint, signed, once.
 *
 * @returns null where `signal` ended it: the receiver may have it
 */
export async function send(message: Message, target: Target, signal: AbortSignal): Promise<Outcome | null> {
  const at = new Date();
  const started = performance.now();
  const lasted = (): number => Math.round(performance.now() - started);
  try {
    const answer = await postJson({
      url: target.url,
      headers: { 'user-agent': 'Tenor-Webhooks/1', ...signedHeaders(message, target.secrets, at) },
      body: message.body,
      timeoutMs: SEND_TIMEOUT_MS,
      allowPrivate: target.allowPrivate,
      maxAnswerBytes: KEPT_ANSWER_BYTES,
      signal,
      resolve: target.resolve,
    });
    const told = answer.body.replaceAll('\0', '\uFFFD');
    return { at, durationMs: lasted(), status: answer.status, answer: told, error: null };
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    if (error.failure === 'ABORTED') return null;
    return { at, durationMs: lasted(), status: null, answer: null, error: error.failure };
  }
}
