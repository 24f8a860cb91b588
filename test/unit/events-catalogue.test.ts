import Ajv2020 from 'ajv/dist/2020';
import { CATALOGUE, EVENT_TYPES, type EventType } from '../../src/events/catalogue';
import { jsonSchemaOf } from '../../src/events/json-schema';

/** The example of the source document, word for word but for its ids. */
const CONTRIBUTION = {
  id: 'evt_01J6Q72F1S',
  type: 'pooledcredit.contribution.recorded',
  created_at: '2025-08-23T14:00:02Z',
  request_id: '01J6Q6PVE6W0',
  data: {
    id: 'ctrb_01J6Q6W0S8',
    pool_id: 'pool_01J6Q6TCC0',
    member_id: 'mem_123',
    amount: 500_000,
    currency: 'USD',
    status: 'POSTED',
  },
};
const DISBURSED = {
  ...CONTRIBUTION,
  type: 'pooledcredit.loan.disbursed',
  data: {
    id: 'loan_01J6Q6Z5G7',
    pool_id: 'pool_01J6Q6TCC0',
    amount: 1_000_000,
    currency: 'USD',
    txn_id: 'fin_txn_01J6Q75J1M',
  },
};

const ajv = new Ajv2020({ strict: true, formats: { date: /^\d{4}-\d{2}-\d{2}$/, 'date-time': /^\d{4}-.+Z$/ } });
const validators = new Map(EVENT_TYPES.map((type) => [type, ajv.compile(jsonSchemaOf(type))]));
const validate = (event: { type: string; data?: object; sequence?: number }) =>
  validators.get(event.type as EventType)?.(event);

describe('the catalogue of events', () => {
  it('has the types that the API promises, to the letter', () => {
    const promised = `requested disbursed repaid approved declined cancelled expired amended disbursement_failed
      installment_due delinquency_changed defaulted written_off repaid_in_full`
      .split(/\s+/)
      .map((name) => `pooledcredit.loan.${name}`);
    expect(EVENT_TYPES).toEqual(expect.arrayContaining([...promised, 'pooledcredit.contribution.recorded']));
  });

  it('names the loan in the id of each event of a loan', () => {
    for (const type of EVENT_TYPES.filter((name) => name.startsWith('pooledcredit.loan.')))
      expect(CATALOGUE[type].data.shape.id?.safeParse('loan_1').success).toBe(true);
  });
});

describe('the JSON Schemas of events', () => {
  it('accept the examples of the API', () => {
    expect([validate(CONTRIBUTION), validate(DISBURSED)]).toEqual([true, true]);
  });

  it('refuse what lacks a field, or has one of another kind', () => {
    const { txn_id: _txn, ...data } = DISBURSED.data;
    expect(validate({ ...DISBURSED, data })).toBe(false);
    expect(validate({ ...DISBURSED, data: { ...DISBURSED.data, amount: 1.5 } })).toBe(false);
    expect(validate({ ...DISBURSED, data: { ...DISBURSED.data, id: 'disb_1' } })).toBe(false);
    expect(validate({ ...CONTRIBUTION, type: DISBURSED.type })).toBe(false);
    const { request_id: _id, ...anonymous } = DISBURSED;
    expect(validate(anonymous)).toBe(false);
  });

  it('accept an event of an earlier release, which has fewer fields', () => {
    const { type, data, ...envelope } = DISBURSED;
    const ofLoan = { id: data.id, pool_id: data.pool_id, currency: 'USD' };
    const full = { ...envelope, type: 'pooledcredit.loan.repaid_in_full', data: { ...ofLoan, credit: 0 } };
    const late = { bucket: '1-29', since: '2025-09-30', past_due_amount: 1 };
    const delayed = { ...envelope, type: 'pooledcredit.loan.delinquency_changed', data: { ...ofLoan, ...late } };
    for (const [event, more] of [
      [{ ...envelope, type, data }, { deducted: 5 }],
      [full, { total_paid: 5 }],
      [delayed, { days_past_due: 5 }],
    ] as const) {
      expect(validate(event)).toBe(true);
      expect(validate({ ...event, data: { ...event.data, ...more } })).toBe(true);
      const [name = ''] = Object.keys(more);
      expect(validate({ ...event, data: { ...event.data, [name]: -1 } })).toBe(false);
    }
  });

  it('leave room for fields to come, inside and out', () => {
    expect(validate({ ...DISBURSED, data: { ...DISBURSED.data, rail: 'ACH' }, sequence: 1 })).toBe(true);
  });
});
