import type { Knex } from 'knex';
import type { Findings } from './findings';

/** The audit trail: the hash chain of each subject, and a record for each commit of each loan. */
export async function checkAudit(trx: Knex, findings: Findings): Promise<void> {
  const row: { count: number } = await trx('audit_records').first(trx.raw('count(*) as count'));
  findings.looked('audit records', row.count);
  await findings.addFrom(trx, 'audit chain is whole', CHAINS);
  await findings.addFrom(trx, 'audit chain is complete', COMPLETE);
}

const CHAINS = `
  select subject, detail from (
    select format('%s %s/%s record %s', org_id, subject_type, subject_id, seq) as subject, case
      when seq <> n then format('a record before it is missing: it is the number %s', n)
      when previous <> before then 'it does not follow the record before it'
      when hash <> expected then 'it was changed: its hash is another' end as detail
    from (
      select org_id, subject_type, subject_id, seq, previous, hash, audit_hash(r) as expected,
        row_number() over subjects as n, coalesce(lag(hash) over subjects, '') as before
      from audit_records r window subjects as (partition by org_id, subject_type, subject_id order by seq)
    ) as chains
  ) as links where detail is not null`;

// a chain does not show what was cut off its end: a loan's version does
const COMPLETE = `
  select l.id as subject, format('%s audit records, expected one for each of %s commits', count(r.id), l.version) as detail
  from loans l left join audit_records r on r.org_id = l.org_id and r.subject_type = 'loan' and r.subject_id = l.id
  group by l.id having count(r.id) < l.version`;
