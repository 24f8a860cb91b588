import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { KeyRing } from './key-ring';

const { Payload: PayloadMessage } = temporal.api.common.v1;

/** What the metadata of a sealed payload says; Temporal's tools know the first two by these names. */
const ENCODING = 'encoding';
const SEALED_ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
/** A payload opens as a payload only: what the ring seals elsewhere is nothing for a history, and the other way round. */
const CONTEXT = 'temporal/payload';

/**
 * Seals what goes to Temporal, which keeps and shows it to whoever may look into a namespace, and opens what comes from
 * there: each payload whole, so that not even its encoding is told.
 *
 * What is not sealed is passed on as it is: histories from before, and what an operator types into the Temporal UI.
 */
export class SealingCodec implements PayloadCodec {
  constructor(private readonly keyRing: KeyRing) {}

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const { keyId, data } = this.keyRing.seal(PayloadMessage.encode(payload).finish(), CONTEXT);
      return { metadata: { [ENCODING]: Buffer.from(SEALED_ENCODING), [KEY_ID]: Buffer.from(keyId) }, data };
    });
  }

  /** @throws CannotOpen where the key is missing: a workflow's task fails by it, and is tried again until the key is back */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (isSealed(payload) ? this.open(payload) : payload));
  }

  private open({ metadata, data }: Payload): Payload {
    const keyId = textOf(metadata?.[KEY_ID]);
    return PayloadMessage.decode(this.keyRing.open({ keyId, data: Buffer.from(data ?? []) }, CONTEXT));
  }
}

const isSealed = ({ metadata }: Payload): boolean => textOf(metadata?.[ENCODING]) === SEALED_ENCODING;

const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString();

/** How clients and workers put things for Temporal: with it, nothing personal reaches it in the clear. */
export function dataConverterOf(keyRing: KeyRing): DataConverter {
  return {
    payloadCodecs: [new SealingCodec(keyRing)],
    failureConverterPath: require.resolve('../../workflows/failure-converter'),
  };
}
