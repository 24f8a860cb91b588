import { tellP2p } from '../../src/dialects/p2p/events';
import type { EventEnvelope, EventType } from '../../src/events/catalogue';
import { FAILURES_IN_A_ROW, PAUSE_MS, RETRIES_AFTER_MS, retryAfterMs } from '../../src/webhooks/retry';
import { isSecret, signedHeaders } from '../../src/webhooks/signature';
import { eventNamesOf, namesOf, SPOKEN_DIALECTS, typeNamed, typesNamed } from '../../src/webhooks/words';

// The secret, the id, the time, the body and its `webhook-signature` are those of the Standard Webhooks' own libraries; the rest
// was computed by another program.
const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const MESSAGE = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' };
const AT = new Date(1_614_265_330_999);

it('a delivery is signed in both ways', () => {
  expect(signedHeaders(MESSAGE, [OLD], AT)).toEqual({
    'x-toss-signature': 't=1614265330,v1=2e37df5d4a028c51a7f3133d64ae1e300d2c2c900f1b1d49d4369ad2530f8964',
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('while a secret is rotated, both sign', () => {
  const headers = signedHeaders(MESSAGE, [NEW, OLD], AT);
  expect(headers['x-toss-signature']).toBe(
    't=1614265330,v1=8dbc842b6599c1be049900723cebba01cdec937f060d8d59fd18e8efade1dbb7,' +
      'v1=2e37df5d4a028c51a7f3133d64ae1e300d2c2c900f1b1d49d4369ad2530f8964',
  );
  expect(headers['webhook-signature']).toBe(
    'v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

it('a secret that is not one of ours is the key of both signatures as it stands', () => {
  // openssl dgst -sha256 -hmac 'of my own choice'
  const headers = signedHeaders(MESSAGE, ['of my own choice'], AT);
  expect(headers['x-toss-signature']).toBe(
    't=1614265330,v1=42e085e0c5a85d5fc2b2b04460ef601a8273c877ed5ecb30ee6eebbb9d98ca25',
  );
  expect(headers['webhook-signature']).toBe('v1,9p5yU/h6Y2TZOkyn8PmB0BYMqfUVqD9ihFk5wxdN7+U=');
});

it.each([
  [OLD, true],
  ['12345678', true],
  [' '.repeat(256), true],
  ['1234567', false],
  ['x'.repeat(257), false],
  ['with a\ttab', false],
  ['naïve secret', false],
  ['whsec_', false],
  ['whsec_************************************', false],
  ['whsec_c2hvcnQ=', false],
])('whether somebody may bring the secret %j: %s', (secret, expected) => {
  expect(isSecret(secret)).toBe(expected);
});

describe('the words of a dialect', () => {
  it('lead to types of events and back, and to none that are not its own', () => {
    for (const dialect of SPOKEN_DIALECTS)
      for (const name of eventNamesOf(dialect)) {
        const type = typeNamed(dialect, name) as EventType;
        expect(namesOf(dialect, [type])).toEqual([name]);
        expect(typeNamed(null, type)).toBe(type);
      }
    for (const name of ['pooledcredit.loan.repaid', 'loan.lost', 'toString'])
      expect(typeNamed('p2p', name)).toBeUndefined();
    for (const name of ['loan.repaid', 'toString']) expect(typeNamed(null, name)).toBeUndefined();
  });

  it('are all of it where none are named; of this API’s words that is whatever comes', () => {
    expect(typesNamed(null)).toBeNull();
    expect(typesNamed(null, ['pooledcredit.loan.repaid'])).toEqual(['pooledcredit.loan.repaid']);
    expect(namesOf('p2p', typesNamed('p2p') ?? [])).toEqual(['loan.funded', 'loan.repaid', 'loan.overdue']);
    expect(typesNamed('p2p', ['loan.repaid'])).toEqual(['pooledcredit.loan.repaid_in_full']);
  });
});

describe('what an endpoint is told in the P2P dialect', () => {
  const told = (name: string, data: object, currency = 'USDC') => {
    const of = { id: 'loan_1', pool_id: 'pool_1', currency };
    return tellP2p({ type: `pooledcredit.loan.${name}`, data: { ...of, ...data } } as unknown as EventEnvelope);
  };

  it('is in major units of the loan’s currency', () => {
    const disbursed = { amount: 50_000_000, deducted: 5_000_000 };
    expect(told('disbursed', disbursed)).toEqual({
      event: 'loan.funded',
      data: { loanId: 'loan_1', amount: 50, netAmount: 45 },
    });
    expect(told('repaid_in_full', { total_paid: 51_350_000 })).toEqual({
      event: 'loan.repaid',
      data: { loanId: 'loan_1', totalPaid: 51.35 },
    });
    expect(told('repaid_in_full', { total_paid: 5_135 }, 'USD').data).toEqual({ loanId: 'loan_1', totalPaid: 51.35 });
    expect(told('repaid_in_full', { total_paid: 5_135 }, 'JPY').data).toEqual({ loanId: 'loan_1', totalPaid: 5_135 });
  });

  it('counts the days overdue', () => {
    expect(told('delinquency_changed', { bucket: '30-59', days_past_due: 31 })).toEqual({
      event: 'loan.overdue',
      data: { loanId: 'loan_1', daysOverdue: 31 },
    });
  });

  it('has no more than is known of events of earlier releases', () => {
    expect(told('disbursed', { amount: 50_000_000 }).data).toEqual({ loanId: 'loan_1', amount: 50 });
    expect(told('repaid_in_full', { credit: 0 }).data).toEqual({ loanId: 'loan_1' });
    for (const [bucket, daysOverdue] of [
      ['30-59', 30],
      ['90+', 90],
    ] as const)
      expect(told('delinquency_changed', { bucket }).data).toEqual({ loanId: 'loan_1', daysOverdue });
  });

  it('is nothing else', () => {
    expect(() => told('approved', {})).toThrow('no name for pooledcredit.loan.approved');
  });
});

it('a delivery is tried ten times, over three days', () => {
  const minutes = RETRIES_AFTER_MS.map((_, index) => (retryAfterMs(index + 1) ?? 0) / 60_000);
  expect(minutes).toEqual([5 / 60, 5, 30, 120, 300, 600, 840, 1_200, 1_440]);
  expect([retryAfterMs(10), retryAfterMs(11)]).toEqual([null, null]);
});

it('a lone delivery is not held back by its endpoint’s failures', () => {
  expect(retryAfterMs(FAILURES_IN_A_ROW)).toBeGreaterThan(PAUSE_MS.most);
});
