import recorded from './examples.json';

/** A request as it was sent, and its answer: `npm run docs:examples` records them. */
export interface Example {
  params?: Record<string, string>;
  query?: Record<string, string | number>;
  ifMatch?: string;
  body?: unknown;
  status: number;
  /** left out where it is no JSON, or too much of it */
  answer?: unknown;
}

export type Examples = Record<string, Example>;

/** By the operations' ids. */
export const EXAMPLES: Examples = recorded;
