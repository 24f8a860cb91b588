import { type Retries, Tenor } from '../../client';

/** A lender's back end: the client that is generated, as one of the sandbox's clients. */
export const lenderAt = (baseUrl: string, retries: Partial<Retries> = {}): Tenor =>
  new Tenor({ baseUrl, credentials: { clientId: 'demo', clientSecret: 'demo-secret' }, retries });
