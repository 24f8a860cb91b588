import { FAILURES_IN_A_ROW, PAUSE_MS, RETRIES_AFTER_MS, retryAfterMs } from '../../src/webhooks/retry';
import { signedHeaders } from '../../src/webhooks/signature';

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

it('a delivery is tried ten times, over three days', () => {
  const minutes = RETRIES_AFTER_MS.map((_, index) => (retryAfterMs(index + 1) ?? 0) / 60_000);
  expect(minutes).toEqual([5 / 60, 5, 30, 120, 300, 600, 840, 1_200, 1_440]);
  expect([retryAfterMs(10), retryAfterMs(11)]).toEqual([null, null]);
});

it('a lone delivery is not held back by its endpoint’s failures', () => {
  expect(retryAfterMs(FAILURES_IN_A_ROW)).toBeGreaterThan(PAUSE_MS.most);
});
