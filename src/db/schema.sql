-- What the migrations make, for review. Written by: npm run schema

-- columns
account_balances.account_id text not null
account_balances.normal_side text not null
account_balances.non_negative boolean not null
account_balances.debits bigint not null default 0
account_balances.credits bigint not null default 0
account_balances.balance bigint not null generated always as (
CASE normal_side
    WHEN 'DEBIT'::text THEN (debits - credits)
    ELSE (credits - debits)
END)
account_balances.org_id text not null
accounts.id text not null
accounts.org_id text not null
accounts.owner_type text not null
accounts.owner_id text not null
accounts.pool_id text not null
accounts.code text not null
accounts.type text not null
accounts.normal_side text not null
accounts.currency text not null
accounts.non_negative boolean not null
accounts.position bigint not null generated always as identity
accounts.created_at timestamp with time zone not null default now()
api_keys.id text not null
api_keys.org_id text not null
api_keys.name text not null
api_keys.scopes text[] not null
api_keys.member_id text
api_keys.secret_hash bytea not null
api_keys.prefix text not null
api_keys.created_by text not null
api_keys.created_at timestamp with time zone not null default now()
api_keys.expires_at timestamp with time zone
api_keys.last_used_at timestamp with time zone
api_keys.revoked_at timestamp with time zone
audit_records.position bigint not null generated always as identity
audit_records.id text not null
audit_records.org_id text not null
audit_records.pool_id text
audit_records.subject_type text not null
audit_records.subject_id text not null
audit_records.seq integer not null
audit_records.at timestamp with time zone not null
audit_records.actor text not null
audit_records.action text not null
audit_records.request_id text not null
audit_records.data jsonb not null
audit_records.previous text not null
audit_records.hash text not null
client_versions.org_id text not null
client_versions.client text not null
client_versions.version date not null
client_versions.pinned_at timestamp with time zone not null default now()
commands.org_id text not null
commands.id text not null
commands.loan_id text not null
commands.version integer not null
commands.result jsonb not null
commands.at timestamp with time zone not null default now()
consents.position bigint not null generated always as identity
consents.org_id text not null
consents.member_id text not null
consents.type text not null
consents.pool_id text
consents.granted_at timestamp with time zone not null
consents.expires_at timestamp with time zone
consents.revoked_at timestamp with time zone
consents.evidence jsonb
contributions.id text not null
contributions.org_id text not null
contributions.pool_id text not null
contributions.member_id text not null
contributions.amount bigint not null
contributions.currency text not null
contributions.date date not null
contributions.reference text
contributions.status text not null default 'POSTED'::text
contributions.entry_id text not null
contributions.posted_at timestamp with time zone not null
credit_decisions.id text not null
credit_decisions.org_id text not null
credit_decisions.command_id text not null
credit_decisions.loan_id text
credit_decisions.pool_id text not null
credit_decisions.borrower_id text not null
credit_decisions.outcome text not null
credit_decisions.inputs jsonb not null
credit_decisions.rules jsonb not null
credit_decisions.engine jsonb
credit_decisions.at timestamp with time zone not null
dialect_settings.org_id text not null
dialect_settings.dialect text not null
dialect_settings.pool_id text
dialect_settings.product_id text
dialect_settings.limits jsonb not null
dialect_settings.version integer not null
dialect_settings.updated_at timestamp with time zone not null
distribution_shares.distribution_id text not null
distribution_shares.member_id text not null
distribution_shares.org_id text not null
distribution_shares.contributed bigint not null
distribution_shares.amount bigint not null
distributions.id text not null
distributions.org_id text not null
distributions.pool_id text not null
distributions.amount bigint not null
distributions.contributed bigint not null
distributions.currency text not null
distributions.date date not null
distributions.entry_id text not null
distributions.created_at timestamp with time zone not null
entries.id text not null
entries.org_id text not null
entries.operation_key text not null
entries.kind text not null
entries.effective_date date not null
entries.recorded_at timestamp with time zone not null default now()
entries.description text not null
entries.reverses text
entries.pool_id text
entries.loan_id text
entries.transaction_id xid8 not null default pg_current_xact_id()
idempotency_keys.org_id text not null
idempotency_keys.method text not null
idempotency_keys.path text not null
idempotency_keys.key text not null
idempotency_keys.request_hash text not null
idempotency_keys.command_id text not null
idempotency_keys.lease_until timestamp with time zone not null
idempotency_keys.response jsonb
idempotency_keys.created_at timestamp with time zone not null default now()
installments.loan_id text not null
installments.number integer not null
installments.due_date date not null
installments.principal bigint not null
installments.interest bigint not null
installments.fees bigint not null
installments.penalties bigint not null
installments.paid_principal bigint not null
installments.paid_interest bigint not null
installments.paid_fees bigint not null
installments.paid_penalties bigint not null
installments.paid_on date
jobs.id text not null
jobs.org_id text not null
jobs.type text not null
jobs.status text not null
jobs.resource_type text not null
jobs.resource_id text not null
jobs.error jsonb
jobs.created_at timestamp with time zone not null
jobs.updated_at timestamp with time zone not null
loan_events.loan_id text not null
loan_events.seq integer not null
loan_events.version integer not null
loan_events.org_id text not null
loan_events.type text not null
loan_events.date date not null
loan_events.data jsonb not null
loan_events.entry_id text
loan_events.at timestamp with time zone not null default now()
loans.id text not null
loans.org_id text not null
loans.pool_id text not null
loans.borrower_id text not null
loans.job_id text not null
loans.status text not null
loans.amount bigint not null
loans.currency text not null
loans.version integer not null
loans.state jsonb not null
loans.reserved bigint not null default 0
loans.principal bigint not null default 0
loans.bucket text
loans.past_due_since date
loans.next_due date
loans.created_at timestamp with time zone not null
loans.updated_at timestamp with time zone not null
loans.account_number text not null default new_account_number()
members.org_id text not null
members.id text not null
members.type text not null
members.name text not null
members.email text
members.status text not null default 'ACTIVE'::text
members.trust_score integer not null default 50
members.position bigint not null generated always as identity
members.created_at timestamp with time zone not null
members.updated_at timestamp with time zone not null
members.income_amount bigint
members.income_currency text
outbox_events.position bigint not null generated always as identity
outbox_events.id text not null
outbox_events.org_id text not null
outbox_events.type text not null
outbox_events.pool_id text
outbox_events.loan_id text
outbox_events.request_id text not null
outbox_events.created_at timestamp with time zone not null
outbox_events.data jsonb not null
pools.id text not null
pools.org_id text not null
pools.name text not null
pools.currency text not null
pools.size bigint not null
pools.policies jsonb not null
pools.participating_orgs jsonb not null default '[]'::jsonb
pools.status text not null default 'ACTIVE'::text
pools.reserved bigint not null default 0
pools.outstanding bigint not null default 0
pools.version integer not null default 1
pools.created_at timestamp with time zone not null
pools.updated_at timestamp with time zone not null
postings.entry_id text not null
postings.line smallint not null
postings.account_id text not null
postings.currency text not null
postings.side text not null
postings.amount bigint not null
postings.org_id text not null
product_versions.product_id text not null
product_versions.version integer not null
product_versions.org_id text not null
product_versions.pool_id text
product_versions.name text not null
product_versions.currency text not null
product_versions.terms jsonb not null
product_versions.schedule jsonb not null
product_versions.bounds jsonb not null
product_versions.accounts jsonb not null
product_versions.created_at timestamp with time zone not null
products.id text not null
products.org_id text not null
products.version integer not null default 1
products.status text not null default 'ACTIVE'::text
products.created_at timestamp with time zone not null
rate_limits.key character varying(255) not null
rate_limits.points integer not null default 0
rate_limits.expire bigint
repayment_batch_lines.batch_id text not null
repayment_batch_lines.number integer not null
repayment_batch_lines.org_id text not null
repayment_batch_lines.loan_id text not null
repayment_batch_lines.amount bigint not null
repayment_batch_lines.currency text not null
repayment_batch_lines.date date not null
repayment_batch_lines.reference text
repayment_batch_lines.command_id text not null
repayment_batch_lines.status text not null default 'PENDING'::text
repayment_batch_lines.problem jsonb
repayment_batches.id text not null
repayment_batches.org_id text not null
repayment_batches.job_id text not null
repayment_batches.actor text not null
repayment_batches.request_id text not null
repayment_batches.created_at timestamp with time zone not null
sandbox_clocks.org_id text not null
sandbox_clocks.offset_ms bigint not null
sandbox_payout_orders.position bigint not null generated always as identity
sandbox_payout_orders.org_id text not null
sandbox_payout_orders.next text not null
sandbox_payout_orders.remaining integer not null
sandbox_payouts.id text not null
sandbox_payouts.org_id text not null
sandbox_payouts.loan_id text not null
sandbox_payouts.amount bigint not null
sandbox_payouts.currency text not null
sandbox_payouts.destination text
sandbox_payouts.status text not null
sandbox_payouts.behaviour text
sandbox_payouts.asked integer not null default 1
sandbox_payouts.created_at timestamp with time zone not null default now()
sandbox_signing_keys.kid text not null
sandbox_signing_keys.private_jwk jsonb not null
sandbox_signing_keys.created_at timestamp with time zone not null default now()
tenor_migrations.name text not null
tenor_migrations.applied_at timestamp with time zone not null default now()
webhook_attempts.delivery bigint not null
webhook_attempts.number integer not null
webhook_attempts.org_id text not null
webhook_attempts.at timestamp with time zone not null
webhook_attempts.status integer
webhook_attempts.error text
webhook_attempts.duration_ms integer not null
webhook_attempts.answer text
webhook_deliveries.position bigint not null generated always as identity
webhook_deliveries.org_id text not null
webhook_deliveries.endpoint_id text not null
webhook_deliveries.event_id text not null
webhook_deliveries.lane text not null
webhook_deliveries.status text not null default 'PENDING'::text
webhook_deliveries.attempts integer not null default 0
webhook_deliveries.next_attempt_at timestamp with time zone not null default now()
webhook_deliveries.created_at timestamp with time zone not null default now()
webhook_deliveries.closed_at timestamp with time zone
webhook_endpoints.id text not null
webhook_endpoints.org_id text not null
webhook_endpoints.url text not null
webhook_endpoints.events text[]
webhook_endpoints.status text not null default 'ENABLED'::text
webhook_endpoints.disabled_reason text
webhook_endpoints.failing_since timestamp with time zone
webhook_endpoints.failures integer not null default 0
webhook_endpoints.not_before timestamp with time zone
webhook_endpoints.lease text
webhook_endpoints.lease_until timestamp with time zone
webhook_endpoints.created_at timestamp with time zone not null
webhook_endpoints.updated_at timestamp with time zone not null
webhook_endpoints.dialect text
webhook_endpoints.member_id text
webhook_secrets.position bigint not null generated always as identity
webhook_secrets.org_id text not null
webhook_secrets.endpoint_id text not null
webhook_secrets.key_id text not null
webhook_secrets.sealed bytea not null
webhook_secrets.created_at timestamp with time zone not null default now()
webhook_secrets.expires_at timestamp with time zone

-- constraints
account_balances account_balances_account_id_fkey: FOREIGN KEY (account_id) REFERENCES accounts(id)
account_balances account_balances_credits_check: CHECK ((credits >= 0))
account_balances account_balances_debits_check: CHECK ((debits >= 0))
account_balances account_balances_pkey: PRIMARY KEY (account_id)
accounts accounts_id_currency_key: UNIQUE (id, currency)
accounts accounts_normal_side_check: CHECK ((normal_side = ANY (ARRAY['DEBIT'::text, 'CREDIT'::text])))
accounts accounts_owner_type_check: CHECK ((owner_type = ANY (ARRAY['pool'::text, 'loan'::text, 'member'::text])))
accounts accounts_pkey: PRIMARY KEY (id)
accounts accounts_type_check: CHECK ((type = ANY (ARRAY['ASSET'::text, 'LIABILITY'::text, 'EQUITY'::text, 'INCOME'::text, 'EXPENSE'::text, 'MEMO'::text])))
api_keys api_keys_org_id_member_id_fkey: FOREIGN KEY (org_id, member_id) REFERENCES members(org_id, id)
api_keys api_keys_pkey: PRIMARY KEY (id)
api_keys api_keys_secret_hash_check: CHECK ((octet_length(secret_hash) = 32))
api_keys api_keys_secret_hash_key: UNIQUE (secret_hash)
audit_records audit_records_id_key: UNIQUE (id)
audit_records audit_records_org_id_subject_type_subject_id_seq_key: UNIQUE (org_id, subject_type, subject_id, seq)
audit_records audit_records_pkey: PRIMARY KEY ("position")
client_versions client_versions_pkey: PRIMARY KEY (org_id, client)
commands commands_loan_id_fkey: FOREIGN KEY (loan_id) REFERENCES loans(id)
commands commands_pkey: PRIMARY KEY (org_id, id)
consents consents_org_id_member_id_fkey: FOREIGN KEY (org_id, member_id) REFERENCES members(org_id, id)
consents consents_pkey: PRIMARY KEY ("position")
consents consents_type_check: CHECK ((type = ANY (ARRAY['CREDIT_CHECK'::text, 'DATA_SHARING'::text, 'LOAN_AGREEMENT'::text])))
contributions contributions_amount_check: CHECK ((amount > 0))
contributions contributions_entry_id_fkey: FOREIGN KEY (entry_id) REFERENCES entries(id)
contributions contributions_pkey: PRIMARY KEY (id)
contributions contributions_pool_id_fkey: FOREIGN KEY (pool_id) REFERENCES pools(id)
credit_decisions credit_decisions_check: CHECK (((outcome = 'DECLINE'::text) = (loan_id IS NULL)))
credit_decisions credit_decisions_loan_id_fkey: FOREIGN KEY (loan_id) REFERENCES loans(id)
credit_decisions credit_decisions_loan_id_key: UNIQUE (loan_id)
credit_decisions credit_decisions_org_id_borrower_id_fkey: FOREIGN KEY (org_id, borrower_id) REFERENCES members(org_id, id)
credit_decisions credit_decisions_org_id_command_id_key: UNIQUE (org_id, command_id)
credit_decisions credit_decisions_outcome_check: CHECK ((outcome = ANY (ARRAY['APPROVE'::text, 'REFER'::text, 'DECLINE'::text])))
credit_decisions credit_decisions_pkey: PRIMARY KEY (id)
credit_decisions credit_decisions_pool_id_fkey: FOREIGN KEY (pool_id) REFERENCES pools(id)
dialect_settings dialect_settings_dialect_check: CHECK ((dialect = ANY (ARRAY['p2p'::text, 'tyche'::text])))
dialect_settings dialect_settings_pkey: PRIMARY KEY (org_id, dialect)
dialect_settings dialect_settings_pool_id_fkey: FOREIGN KEY (pool_id) REFERENCES pools(id)
dialect_settings dialect_settings_product_id_fkey: FOREIGN KEY (product_id) REFERENCES products(id)
distribution_shares distribution_shares_amount_check: CHECK ((amount >= 0))
distribution_shares distribution_shares_contributed_check: CHECK ((contributed > 0))
distribution_shares distribution_shares_distribution_id_fkey: FOREIGN KEY (distribution_id) REFERENCES distributions(id)
distribution_shares distribution_shares_org_id_member_id_fkey: FOREIGN KEY (org_id, member_id) REFERENCES members(org_id, id)
distribution_shares distribution_shares_pkey: PRIMARY KEY (distribution_id, member_id)
distributions distributions_amount_check: CHECK ((amount > 0))
distributions distributions_contributed_check: CHECK ((contributed > 0))
distributions distributions_entry_id_fkey: FOREIGN KEY (entry_id) REFERENCES entries(id)
distributions distributions_pkey: PRIMARY KEY (id)
distributions distributions_pool_id_fkey: FOREIGN KEY (pool_id) REFERENCES pools(id)
entries entries_check: CHECK ((reverses <> id))
entries entries_org_id_id_key: UNIQUE (org_id, id)
entries entries_org_id_operation_key_key: UNIQUE (org_id, operation_key)
entries entries_org_id_reverses_fkey: FOREIGN KEY (org_id, reverses) REFERENCES entries(org_id, id)
entries entries_pkey: PRIMARY KEY (id)
entries entries_reverses_key: UNIQUE (reverses)
idempotency_keys idempotency_keys_pkey: PRIMARY KEY (org_id, method, path, key)
installments installments_loan_id_fkey: FOREIGN KEY (loan_id) REFERENCES loans(id)
installments installments_pkey: PRIMARY KEY (loan_id, number)
jobs jobs_pkey: PRIMARY KEY (id)
jobs jobs_status_check: CHECK ((status = ANY (ARRAY['PENDING'::text, 'SUCCEEDED'::text, 'FAILED'::text])))
loan_events loan_events_entry_id_fkey: FOREIGN KEY (entry_id) REFERENCES entries(id)
loan_events loan_events_loan_id_fkey: FOREIGN KEY (loan_id) REFERENCES loans(id)
loan_events loan_events_pkey: PRIMARY KEY (loan_id, seq)
loans loans_org_id_borrower_id_fkey: FOREIGN KEY (org_id, borrower_id) REFERENCES members(org_id, id)
loans loans_pkey: PRIMARY KEY (id)
loans loans_pool_id_fkey: FOREIGN KEY (pool_id) REFERENCES pools(id)
loans loans_principal_check: CHECK ((principal >= 0))
loans loans_reserved_check: CHECK ((reserved >= 0))
loans loans_version_check: CHECK ((version > 0))
members income_has_currency: CHECK (((income_amount IS NULL) = (income_currency IS NULL)))
members members_income_amount_check: CHECK (((income_amount > 0) AND (income_amount <= '9007199254740991'::bigint)))
members members_pkey: PRIMARY KEY (org_id, id)
members members_status_check: CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text, 'CLOSED'::text])))
members members_trust_score_check: CHECK (((trust_score >= 0) AND (trust_score <= 100)))
members members_type_check: CHECK ((type = ANY (ARRAY['PERSON'::text, 'COMPANY'::text])))
outbox_events outbox_events_id_key: UNIQUE (id)
outbox_events outbox_events_pkey: PRIMARY KEY ("position")
pools pools_outstanding_check: CHECK ((outstanding >= 0))
pools pools_pkey: PRIMARY KEY (id)
pools pools_reserved_check: CHECK ((reserved >= 0))
pools pools_size_check: CHECK (((size > 0) AND (size <= '9007199254740991'::bigint)))
pools pools_status_check: CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text, 'CLOSED'::text])))
postings postings_account_id_currency_fkey: FOREIGN KEY (account_id, currency) REFERENCES accounts(id, currency)
postings postings_amount_check: CHECK (((amount > 0) AND (amount <= '9007199254740991'::bigint)))
postings postings_entry_id_fkey: FOREIGN KEY (entry_id) REFERENCES entries(id)
postings postings_pkey: PRIMARY KEY (entry_id, line)
postings postings_side_check: CHECK ((side = ANY (ARRAY['DEBIT'::text, 'CREDIT'::text])))
product_versions product_versions_pkey: PRIMARY KEY (product_id, version)
product_versions product_versions_pool_id_fkey: FOREIGN KEY (pool_id) REFERENCES pools(id)
product_versions product_versions_product_id_fkey: FOREIGN KEY (product_id) REFERENCES products(id)
product_versions product_versions_version_check: CHECK ((version > 0))
products products_pkey: PRIMARY KEY (id)
products products_status_check: CHECK ((status = 'ACTIVE'::text))
products products_version_check: CHECK ((version > 0))
rate_limits rate_limits_pkey: PRIMARY KEY (key)
repayment_batch_lines repayment_batch_lines_amount_check: CHECK ((amount > 0))
repayment_batch_lines repayment_batch_lines_batch_id_fkey: FOREIGN KEY (batch_id) REFERENCES repayment_batches(id)
repayment_batch_lines repayment_batch_lines_check: CHECK (((problem IS NOT NULL) = (status = 'REFUSED'::text)))
repayment_batch_lines repayment_batch_lines_number_check: CHECK ((number > 0))
repayment_batch_lines repayment_batch_lines_pkey: PRIMARY KEY (batch_id, number)
repayment_batch_lines repayment_batch_lines_status_check: CHECK ((status = ANY (ARRAY['PENDING'::text, 'APPLIED'::text, 'REFUSED'::text])))
repayment_batches repayment_batches_job_id_fkey: FOREIGN KEY (job_id) REFERENCES jobs(id)
repayment_batches repayment_batches_job_id_key: UNIQUE (job_id)
repayment_batches repayment_batches_pkey: PRIMARY KEY (id)
sandbox_clocks sandbox_clocks_offset_ms_check: CHECK ((offset_ms >= 0))
sandbox_clocks sandbox_clocks_pkey: PRIMARY KEY (org_id)
sandbox_payout_orders sandbox_payout_orders_next_check: CHECK ((next = ANY (ARRAY['FAIL'::text, 'TIMEOUT'::text, 'LATE'::text, 'DUPLICATE'::text])))
sandbox_payout_orders sandbox_payout_orders_pkey: PRIMARY KEY ("position")
sandbox_payout_orders sandbox_payout_orders_remaining_check: CHECK ((remaining > 0))
sandbox_payouts sandbox_payouts_amount_check: CHECK ((amount > 0))
sandbox_payouts sandbox_payouts_pkey: PRIMARY KEY (id)
sandbox_payouts sandbox_payouts_status_check: CHECK ((status = ANY (ARRAY['ASKED'::text, 'PAID'::text, 'CANCELLED'::text])))
sandbox_signing_keys sandbox_signing_keys_pkey: PRIMARY KEY (kid)
tenor_migrations tenor_migrations_pkey: PRIMARY KEY (name)
webhook_attempts webhook_attempts_delivery_fkey: FOREIGN KEY (delivery) REFERENCES webhook_deliveries("position") ON DELETE CASCADE
webhook_attempts webhook_attempts_pkey: PRIMARY KEY (delivery, number)
webhook_deliveries webhook_deliveries_endpoint_id_fkey: FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id)
webhook_deliveries webhook_deliveries_event_id_fkey: FOREIGN KEY (event_id) REFERENCES outbox_events(id)
webhook_deliveries webhook_deliveries_pkey: PRIMARY KEY ("position")
webhook_deliveries webhook_deliveries_status_check: CHECK ((status = ANY (ARRAY['PENDING'::text, 'DELIVERED'::text, 'FAILED'::text, 'CANCELLED'::text])))
webhook_endpoints webhook_endpoints_dialect_check: CHECK ((dialect = 'p2p'::text))
webhook_endpoints webhook_endpoints_disabled_reason_check: CHECK ((disabled_reason = ANY (ARRAY['GONE'::text, 'FAILING'::text])))
webhook_endpoints webhook_endpoints_org_id_member_id_fkey: FOREIGN KEY (org_id, member_id) REFERENCES members(org_id, id)
webhook_endpoints webhook_endpoints_pkey: PRIMARY KEY (id)
webhook_endpoints webhook_endpoints_status_check: CHECK ((status = ANY (ARRAY['ENABLED'::text, 'DISABLED'::text, 'DELETED'::text])))
webhook_secrets webhook_secrets_endpoint_id_fkey: FOREIGN KEY (endpoint_id) REFERENCES webhook_endpoints(id)
webhook_secrets webhook_secrets_pkey: PRIMARY KEY ("position")

-- indexes
CREATE UNIQUE INDEX account_balances_pkey ON public.account_balances USING btree (account_id)
CREATE INDEX accounts_by_owner ON public.accounts USING btree (org_id, owner_type, owner_id)
CREATE INDEX accounts_by_pool ON public.accounts USING btree (org_id, pool_id)
CREATE INDEX accounts_by_position ON public.accounts USING btree (org_id, "position")
CREATE UNIQUE INDEX accounts_id_currency_key ON public.accounts USING btree (id, currency)
CREATE UNIQUE INDEX accounts_pkey ON public.accounts USING btree (id)
CREATE INDEX api_keys_by_org ON public.api_keys USING btree (org_id, id)
CREATE UNIQUE INDEX api_keys_pkey ON public.api_keys USING btree (id)
CREATE UNIQUE INDEX api_keys_secret_hash_key ON public.api_keys USING btree (secret_hash)
CREATE INDEX audit_by_pool ON public.audit_records USING btree (org_id, pool_id, "position")
CREATE UNIQUE INDEX audit_records_id_key ON public.audit_records USING btree (id)
CREATE UNIQUE INDEX audit_records_org_id_subject_type_subject_id_seq_key ON public.audit_records USING btree (org_id, subject_type, subject_id, seq)
CREATE UNIQUE INDEX audit_records_pkey ON public.audit_records USING btree ("position")
CREATE UNIQUE INDEX client_versions_pkey ON public.client_versions USING btree (org_id, client)
CREATE UNIQUE INDEX commands_pkey ON public.commands USING btree (org_id, id)
CREATE INDEX consents_by_member ON public.consents USING btree (org_id, member_id)
CREATE UNIQUE INDEX consents_pkey ON public.consents USING btree ("position")
CREATE INDEX contributions_by_pool ON public.contributions USING btree (org_id, pool_id, id)
CREATE UNIQUE INDEX contributions_pkey ON public.contributions USING btree (id)
CREATE UNIQUE INDEX credit_decisions_loan_id_key ON public.credit_decisions USING btree (loan_id)
CREATE UNIQUE INDEX credit_decisions_org_id_command_id_key ON public.credit_decisions USING btree (org_id, command_id)
CREATE UNIQUE INDEX credit_decisions_pkey ON public.credit_decisions USING btree (id)
CREATE UNIQUE INDEX dialect_settings_pkey ON public.dialect_settings USING btree (org_id, dialect)
CREATE UNIQUE INDEX distribution_shares_pkey ON public.distribution_shares USING btree (distribution_id, member_id)
CREATE INDEX distributions_by_pool ON public.distributions USING btree (org_id, pool_id, id)
CREATE UNIQUE INDEX distributions_pkey ON public.distributions USING btree (id)
CREATE INDEX entries_by_loan ON public.entries USING btree (loan_id, id) WHERE (loan_id IS NOT NULL)
CREATE INDEX entries_by_pool ON public.entries USING btree (pool_id, id)
CREATE UNIQUE INDEX entries_org_id_id_key ON public.entries USING btree (org_id, id)
CREATE UNIQUE INDEX entries_org_id_operation_key_key ON public.entries USING btree (org_id, operation_key)
CREATE UNIQUE INDEX entries_pkey ON public.entries USING btree (id)
CREATE UNIQUE INDEX entries_reverses_key ON public.entries USING btree (reverses)
CREATE INDEX idempotency_by_age ON public.idempotency_keys USING btree (created_at)
CREATE UNIQUE INDEX idempotency_keys_pkey ON public.idempotency_keys USING btree (org_id, method, path, key)
CREATE UNIQUE INDEX installments_pkey ON public.installments USING btree (loan_id, number)
CREATE UNIQUE INDEX jobs_pkey ON public.jobs USING btree (id)
CREATE INDEX loan_events_defaults ON public.loan_events USING btree (loan_id, date) WHERE (type = ANY (ARRAY['defaulted'::text, 'charged_off'::text, 'written_off'::text]))
CREATE UNIQUE INDEX loan_events_pkey ON public.loan_events USING btree (loan_id, seq)
CREATE UNIQUE INDEX recovery_reference ON public.loan_events USING btree (loan_id, ((data ->> 'reference'::text))) WHERE ((type = 'recovered'::text) AND ((data -> 'replayed'::text) IS NULL))
CREATE UNIQUE INDEX repayment_reference ON public.loan_events USING btree (loan_id, ((data ->> 'reference'::text))) WHERE ((type = 'repaid'::text) AND ((data -> 'replayed'::text) IS NULL))
CREATE UNIQUE INDEX loans_by_account_number ON public.loans USING btree (org_id, account_number)
CREATE INDEX loans_by_borrower ON public.loans USING btree (org_id, borrower_id, id)
CREATE INDEX loans_by_org ON public.loans USING btree (org_id, id)
CREATE INDEX loans_by_pool ON public.loans USING btree (org_id, pool_id, id)
CREATE INDEX loans_by_status ON public.loans USING btree (org_id, status, id)
CREATE INDEX loans_late ON public.loans USING btree (org_id, borrower_id, pool_id) WHERE ((past_due_since IS NOT NULL) OR (status = 'DEFAULTED'::text))
CREATE INDEX loans_open ON public.loans USING btree (org_id, borrower_id) WHERE (status = ANY (ARRAY['APPROVAL_PENDING'::text, 'APPROVED'::text, 'DISBURSING'::text, 'ACTIVE'::text, 'DEFAULTED'::text]))
CREATE UNIQUE INDEX loans_pkey ON public.loans USING btree (id)
CREATE INDEX members_by_position ON public.members USING btree (org_id, "position")
CREATE UNIQUE INDEX members_pkey ON public.members USING btree (org_id, id)
CREATE INDEX outbox_by_loan ON public.outbox_events USING btree (loan_id, "position") WHERE (loan_id IS NOT NULL)
CREATE INDEX outbox_by_org ON public.outbox_events USING btree (org_id, "position")
CREATE INDEX outbox_by_time ON public.outbox_events USING btree (org_id, created_at)
CREATE UNIQUE INDEX outbox_events_id_key ON public.outbox_events USING btree (id)
CREATE UNIQUE INDEX outbox_events_pkey ON public.outbox_events USING btree ("position")
CREATE INDEX pools_by_org ON public.pools USING btree (org_id, id)
CREATE UNIQUE INDEX pools_pkey ON public.pools USING btree (id)
CREATE INDEX postings_by_account ON public.postings USING btree (account_id, entry_id)
CREATE UNIQUE INDEX postings_pkey ON public.postings USING btree (entry_id, line)
CREATE UNIQUE INDEX product_versions_pkey ON public.product_versions USING btree (product_id, version)
CREATE INDEX products_by_org ON public.products USING btree (org_id, id)
CREATE UNIQUE INDEX products_pkey ON public.products USING btree (id)
CREATE UNIQUE INDEX rate_limits_pkey ON public.rate_limits USING btree (key)
CREATE UNIQUE INDEX repayment_batch_lines_pkey ON public.repayment_batch_lines USING btree (batch_id, number)
CREATE UNIQUE INDEX repayment_batches_job_id_key ON public.repayment_batches USING btree (job_id)
CREATE UNIQUE INDEX repayment_batches_pkey ON public.repayment_batches USING btree (id)
CREATE UNIQUE INDEX sandbox_clocks_pkey ON public.sandbox_clocks USING btree (org_id)
CREATE UNIQUE INDEX sandbox_payout_orders_pkey ON public.sandbox_payout_orders USING btree ("position")
CREATE UNIQUE INDEX sandbox_payouts_pkey ON public.sandbox_payouts USING btree (id)
CREATE UNIQUE INDEX sandbox_signing_keys_pkey ON public.sandbox_signing_keys USING btree (kid)
CREATE UNIQUE INDEX tenor_migrations_pkey ON public.tenor_migrations USING btree (name)
CREATE UNIQUE INDEX webhook_attempts_pkey ON public.webhook_attempts USING btree (delivery, number)
CREATE INDEX webhook_deliveries_by_endpoint ON public.webhook_deliveries USING btree (endpoint_id, "position")
CREATE INDEX webhook_deliveries_by_event ON public.webhook_deliveries USING btree (event_id)
CREATE INDEX webhook_deliveries_closed ON public.webhook_deliveries USING btree (closed_at) WHERE (closed_at IS NOT NULL)
CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (endpoint_id, next_attempt_at, "position") WHERE (status = 'PENDING'::text)
CREATE INDEX webhook_deliveries_lanes ON public.webhook_deliveries USING btree (endpoint_id, lane, "position") WHERE (status = 'PENDING'::text)
CREATE UNIQUE INDEX webhook_deliveries_pkey ON public.webhook_deliveries USING btree ("position")
CREATE INDEX webhook_endpoints_by_org ON public.webhook_endpoints USING btree (org_id, id)
CREATE UNIQUE INDEX webhook_endpoints_pkey ON public.webhook_endpoints USING btree (id)
CREATE INDEX webhook_endpoints_told ON public.webhook_endpoints USING btree (org_id, member_id) WHERE (status = 'ENABLED'::text)
CREATE INDEX webhook_secrets_by_endpoint ON public.webhook_secrets USING btree (endpoint_id, "position")
CREATE UNIQUE INDEX webhook_secrets_pkey ON public.webhook_secrets USING btree ("position")

-- triggers
CREATE CONSTRAINT TRIGGER balance_not_negative AFTER UPDATE ON public.account_balances DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.non_negative AND (new.balance < 0))) EXECUTE FUNCTION check_not_negative()
CREATE TRIGGER accounts_append_only BEFORE DELETE OR UPDATE ON public.accounts FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER accounts_no_truncate BEFORE TRUNCATE ON public.accounts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER accounts_open_balance AFTER INSERT ON public.accounts FOR EACH ROW EXECUTE FUNCTION open_balance()
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON public.audit_records FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER audit_chain BEFORE INSERT ON public.audit_records FOR EACH ROW EXECUTE FUNCTION chain_audit()
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON public.audit_records FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER credit_decisions_append_only BEFORE DELETE OR UPDATE ON public.credit_decisions FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER credit_decisions_no_truncate BEFORE TRUNCATE ON public.credit_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER distribution_shares_append_only BEFORE DELETE OR UPDATE ON public.distribution_shares FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER distribution_shares_no_truncate BEFORE TRUNCATE ON public.distribution_shares FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER distributions_append_only BEFORE DELETE OR UPDATE ON public.distributions FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER distributions_no_truncate BEFORE TRUNCATE ON public.distributions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER entries_append_only BEFORE DELETE OR UPDATE ON public.entries FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON public.entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER entries_stamp BEFORE INSERT ON public.entries FOR EACH ROW EXECUTE FUNCTION stamp_entry()
CREATE CONSTRAINT TRIGGER entry_has_postings AFTER INSERT ON public.entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_entry_balanced()
CREATE TRIGGER loan_events_append_only BEFORE DELETE OR UPDATE ON public.loan_events FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER loan_events_no_truncate BEFORE TRUNCATE ON public.loan_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER outbox_fan_out AFTER INSERT ON public.outbox_events REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION fan_out_events()
CREATE CONSTRAINT TRIGGER entry_balanced AFTER INSERT ON public.postings DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_entry_balanced()
CREATE TRIGGER postings_add_to_balance AFTER INSERT ON public.postings FOR EACH ROW EXECUTE FUNCTION add_to_balance()
CREATE TRIGGER postings_append_only BEFORE DELETE OR UPDATE ON public.postings FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER postings_no_truncate BEFORE TRUNCATE ON public.postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
CREATE TRIGGER postings_with_their_entry BEFORE INSERT ON public.postings FOR EACH ROW EXECUTE FUNCTION check_posting()
CREATE TRIGGER product_versions_append_only BEFORE DELETE OR UPDATE ON public.product_versions FOR EACH ROW EXECUTE FUNCTION refuse_change()
CREATE TRIGGER product_versions_no_truncate BEFORE TRUNCATE ON public.product_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()

-- what tenor_app may do
account_balances: select
accounts: insert, select
accounts_position_seq: usage
api_keys: insert
audit_records: insert, select
audit_records_position_seq: usage
client_versions: insert, select
commands: insert, select
consents: insert, select, update
consents_position_seq: usage
contributions: insert, select
credit_decisions: insert, select
dialect_settings: insert, select, update
distribution_shares: insert, select
distributions: insert, select
entries: insert, select
idempotency_keys: delete, insert, select, update
installments: delete, insert, select, update
jobs: insert, select, update
loan_events: insert, select
loans: insert, select, update
members: insert, select, update
members_position_seq: usage
outbox_events: insert, select
outbox_events_position_seq: usage
pools: insert, select, update
postings: insert, select
product_versions: insert, select
products: insert, select, update
rate_limits: delete, insert, select, update
repayment_batch_lines: insert, select
repayment_batches: insert, select
sandbox_clocks: insert, select, update
sandbox_payout_orders: delete, insert, select, update
sandbox_payout_orders_position_seq: usage
sandbox_payouts: insert, select, update
sandbox_signing_keys: insert, select
webhook_attempts: insert, select
webhook_deliveries: insert, select, update
webhook_endpoints: insert, select, update
webhook_secrets: delete, insert, select, update

-- what tenor_auditor may do
account_balances: select
accounts: select
audit_records: select
commands: select
contributions: select
distribution_shares: select
distributions: select
entries: select
installments: select
loan_events: select
loans: select
pools: select
postings: select

-- row-level security
account_balances of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
account_balances to_audit for select to tenor_auditor using (true)
account_balances: on
accounts of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
accounts to_audit for select to tenor_auditor using (true)
accounts: on
api_keys of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
api_keys: on
audit_records of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
audit_records to_audit for select to tenor_auditor using (true)
audit_records: on
client_versions of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
client_versions: on
commands of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
commands to_audit for select to tenor_auditor using (true)
commands: on
consents of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
consents: on
contributions of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
contributions to_audit for select to tenor_auditor using (true)
contributions: on
credit_decisions of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
credit_decisions: on
dialect_settings of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
dialect_settings: on
distribution_shares of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
distribution_shares to_audit for select to tenor_auditor using (true)
distribution_shares: on
distributions of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
distributions to_audit for select to tenor_auditor using (true)
distributions: on
entries of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
entries to_audit for select to tenor_auditor using (true)
entries: on
idempotency_keys of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
idempotency_keys: on
installments of_its_loan for all to tenor_app using ((EXISTS ( SELECT
   FROM loans
  WHERE (loans.id = installments.loan_id)))) with check ((EXISTS ( SELECT
   FROM loans
  WHERE (loans.id = installments.loan_id))))
installments to_audit for select to tenor_auditor using (true)
installments: on
jobs of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
jobs: on
loan_events of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
loan_events to_audit for select to tenor_auditor using (true)
loan_events: on
loans of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
loans to_audit for select to tenor_auditor using (true)
loans: on
members of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
members: on
outbox_events of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
outbox_events: on
pools of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
pools to_audit for select to tenor_auditor using (true)
pools: on
postings of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
postings to_audit for select to tenor_auditor using (true)
postings: on
product_versions of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
product_versions: on
products of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
products: on
rate_limits: off
repayment_batch_lines of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
repayment_batch_lines: on
repayment_batches of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
repayment_batches: on
sandbox_clocks of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
sandbox_clocks: on
sandbox_payout_orders of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
sandbox_payout_orders: on
sandbox_payouts of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
sandbox_payouts: on
sandbox_signing_keys: off
tenor_migrations: off
webhook_attempts of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
webhook_attempts: on
webhook_deliveries of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
webhook_deliveries: on
webhook_endpoints of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
webhook_endpoints: on
webhook_secrets of_its_tenant for all to tenor_app using ((org_id = current_setting('tenor.org'::text, true))) with check ((org_id = current_setting('tenor.org'::text, true)))
webhook_secrets: on

-- functions that not everyone may call
add_to_balance()
due_webhook_endpoints(integer)
fan_out_events()
find_api_key(bytea)
open_balance()
purge_idempotency_keys(integer)
purge_webhooks(integer)
webhook_figures()

-- functions
CREATE OR REPLACE FUNCTION public.add_to_balance()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  update account_balances set
    debits = debits + case new.side when 'DEBIT' then new.amount else 0 end,
    credits = credits + case new.side when 'CREDIT' then new.amount else 0 end
    where account_id = new.account_id;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.audit_hash(r audit_records)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select encode(sha256(convert_to(jsonb_build_array(r.previous, r.id, r.org_id, r.pool_id, r.subject_type, r.subject_id, r.seq,
    extract(epoch from r.at), r.actor, r.action, r.request_id, r.data)::text, 'UTF8')), 'hex')
$function$

CREATE OR REPLACE FUNCTION public.chain_audit()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare last record;
begin
  perform pg_advisory_xact_lock(hashtextextended(concat_ws('/', new.org_id, new.subject_type, new.subject_id), 0));
  select seq, hash into last from audit_records
    where org_id = new.org_id and subject_type = new.subject_type and subject_id = new.subject_id order by seq desc limit 1;
  new.seq := coalesce(last.seq, 0) + 1;
  new.previous := coalesce(last.hash, '');
  new.hash := audit_hash(new);
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.check_entry_balanced()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  entry text;
  lines bigint := 0;
  sums record;
begin
  if tg_table_name = 'entries' then entry := new.id; else entry := new.entry_id; end if;
  for sums in select currency, count(*) as lines, coalesce(sum(amount) filter (where side = 'DEBIT'), 0) as debits,
      coalesce(sum(amount) filter (where side = 'CREDIT'), 0) as credits
      from postings where entry_id = entry group by currency loop
    if sums.debits <> sums.credits then
      raise exception 'entry % does not balance: % % debit, % credit', entry, sums.currency, sums.debits, sums.credits
        using errcode = 'check_violation', constraint = 'entry_balanced';
    end if;
    lines := lines + sums.lines;
  end loop;
  if lines < 2 then
    raise exception 'entry % has fewer than two postings', entry using errcode = 'check_violation', constraint = 'entry_balanced';
  end if;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.check_not_negative()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare now_is bigint;
begin
  select balance into now_is from account_balances where account_id = new.account_id;
  if now_is < 0 then
    raise exception 'the balance of % would be %', new.account_id, now_is
      using errcode = 'check_violation', constraint = 'balance_not_negative', table = 'account_balances';
  end if;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.check_posting()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare entry record;
begin
  select org_id, transaction_id into entry from entries where id = new.entry_id;
  if entry.transaction_id is distinct from pg_current_xact_id() then
    raise exception 'entry % was not recorded in this transaction: its postings are complete', new.entry_id
      using errcode = 'restrict_violation';
  end if;
  if not exists (select from accounts where id = new.account_id and org_id = entry.org_id) then
    raise exception 'tenant % has no account %', entry.org_id, new.account_id using errcode = 'foreign_key_violation';
  end if;
  new.org_id := entry.org_id;
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.commit_loan(c jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
AS $function$
declare
  org      constant text := c ->> 'org_id';
  loan     constant text := c ->> 'loan_id';
  command  constant text := c ->> 'command_id';
  expected constant integer := (c ->> 'expected_version')::integer;
  stamp    constant timestamptz := (c ->> 'at')::timestamptz;
  l        constant jsonb := c -> 'loan';
  pool     constant text := l ->> 'pool_id';
  new_reserved  constant bigint := (l ->> 'reserved')::bigint;
  new_principal constant bigint := (l ->> 'principal')::bigint;
  before   record;
  first    record;
  succeeds constant boolean := c -> 'predecessor' is not null;
  item     jsonb;
begin
  if expected = 0 then
    -- a new loan has no row to wait for: two commits of the same request meet at the pool
    perform from pools where id = pool and org_id = org for no key update;
    select version, reserved, principal into before from loans where id = loan and org_id = org;
  else
    select version, reserved, principal into before from loans where id = loan and org_id = org for update;
  end if;

  select version, result into first from commands where org_id = org and id = command and loan_id = loan;
  if found then
    return jsonb_build_object('outcome', 'already_applied', 'version', first.version, 'result', first.result, 'events',
      (select coalesce(jsonb_agg(jsonb_build_object('type', type, 'date', date, 'seq', seq) || data order by seq), '[]')
       from loan_events where loan_id = loan and version = first.version));
  end if;
  if coalesce(before.version, 0) <> expected then
    raise exception 'loan % is at version %, not %: it has another writer', loan, coalesce(before.version, 0), expected
      using errcode = 'TN001';
  end if;

  if expected = 0 then
    update pools set reserved = reserved + new_reserved, updated_at = stamp
      where id = pool and org_id = org and (status = 'ACTIVE' or succeeds);
    if not found then
      raise exception 'pool % takes no requests', pool using errcode = 'TN002';
    end if;
    insert into jobs (id, org_id, type, status, resource_type, resource_id, created_at, updated_at)
      values (l ->> 'job_id', org, 'loan_request', 'PENDING', 'loan', loan, stamp, stamp);
    insert into loans (id, org_id, pool_id, borrower_id, job_id, status, amount, currency, version, state, reserved, created_at, updated_at)
      values (loan, org, pool, l ->> 'borrower_id', l ->> 'job_id', l ->> 'status', (l ->> 'amount')::bigint,
        l ->> 'currency', 1, l -> 'state', new_reserved, stamp, stamp);
  else
    update loans set version = expected + 1, status = l ->> 'status', amount = (l ->> 'amount')::bigint, state = l -> 'state',
      reserved = new_reserved, principal = new_principal, bucket = l ->> 'bucket',
      past_due_since = (l ->> 'past_due_since')::date, next_due = (l ->> 'next_due')::date, updated_at = stamp
      where id = loan;
    if before.reserved <> new_reserved or before.principal <> new_principal then
      update pools set reserved = reserved + new_reserved - before.reserved,
        outstanding = outstanding + new_principal - before.principal, updated_at = stamp
        where id = pool;
    elsif c -> 'entries' <> '[]' then
      perform from pools where id = pool for no key update;
    end if;
  end if;
  -- what takes another loan's place sets nothing aside: the other one has made the room
  if new_reserved > coalesce(before.reserved, 0) and not succeeds
    and exists (select from pools where id = pool and reserved + outstanding > size) then
    raise exception 'pool % has no room for it', pool
      using errcode = 'check_violation', constraint = 'pool_within_size', table = 'pools';
  end if;

  insert into accounts (id, org_id, owner_type, owner_id, pool_id, code, type, normal_side, currency, non_negative)
    select a ->> 'id', org, a ->> 'owner_type', a ->> 'owner_id', pool, a ->> 'code', a ->> 'type',
      a ->> 'normal_side', a ->> 'currency', (a ->> 'non_negative')::boolean
    from jsonb_array_elements(c -> 'accounts') as a on conflict (id) do nothing;
  for item in select e from jsonb_array_elements(c -> 'entries') as e loop
    perform write_entry(item, org, pool, loan);
  end loop;

  insert into loan_events (loan_id, seq, version, org_id, type, date, data, entry_id)
    select loan, (e ->> 'seq')::integer, expected + 1, org, e ->> 'type', (e ->> 'date')::date, e -> 'data', e ->> 'entry_id'
    from jsonb_array_elements(c -> 'events') as e;
  if c -> 'installments_redone_from' is not null then
    delete from installments where loan_id = loan and number >= (c ->> 'installments_redone_from')::integer;
  end if;
  insert into installments
    select loan, r.* from jsonb_to_recordset(c -> 'installments') as r (number integer, due_date date, principal bigint,
      interest bigint, fees bigint, penalties bigint, paid_principal bigint, paid_interest bigint, paid_fees bigint,
      paid_penalties bigint, paid_on date)
    on conflict (loan_id, number) do update set due_date = excluded.due_date, principal = excluded.principal,
      interest = excluded.interest, fees = excluded.fees, penalties = excluded.penalties,
      paid_principal = excluded.paid_principal, paid_interest = excluded.paid_interest, paid_fees = excluded.paid_fees,
      paid_penalties = excluded.paid_penalties, paid_on = excluded.paid_on;
  if c -> 'job' is not null then
    update jobs set status = c #>> '{job,status}', error = c #> '{job,error}', updated_at = stamp
      where id = (select job_id from loans where id = loan) and status = 'PENDING';
  end if;
  insert into outbox_events (id, org_id, type, pool_id, loan_id, request_id, created_at, data)
    select o ->> 'id', org, o ->> 'type', pool, loan, c ->> 'request_id', stamp, o -> 'data'
    from jsonb_array_elements(c -> 'outbox') as o;
  insert into audit_records (id, org_id, pool_id, subject_type, subject_id, at, actor, action, request_id, data, seq, previous, hash)
    values (c #>> '{audit,id}', org, pool, 'loan', loan, stamp, c ->> 'actor', c #>> '{audit,action}',
      c ->> 'request_id', c #> '{audit,data}', 0, '', '');
  insert into commands (org_id, id, loan_id, version, result) values (org, command, loan, expected + 1, c -> 'result');
  return jsonb_build_object('outcome', 'applied', 'version', expected + 1);
end $function$

CREATE OR REPLACE FUNCTION public.due_webhook_endpoints(at_most integer)
 RETURNS TABLE(id text, org_id text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select e.id, e.org_id from webhook_endpoints e
  where e.status = 'ENABLED' and coalesce(e.lease_until, '-infinity') < now() and coalesce(e.not_before, '-infinity') <= now()
    and exists (select from webhook_deliveries d
      where d.endpoint_id = e.id and d.status = 'PENDING' and d.next_attempt_at <= now())
  order by coalesce(e.lease_until, '-infinity') limit at_most
$function$

CREATE OR REPLACE FUNCTION public.fan_out_events()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into webhook_deliveries (org_id, endpoint_id, event_id, lane)
    select o.org_id, e.id, o.id, coalesce(o.loan_id, o.id)
    from added o left join loans l on l.id = o.loan_id
      cross join lateral (
        select id, events, dialect from webhook_endpoints
          where org_id = o.org_id and status = 'ENABLED' and member_id is null
        union all
        select id, events, dialect from webhook_endpoints
          where org_id = o.org_id and status = 'ENABLED' and member_id = l.borrower_id) e
    where (e.events is null or o.type = any (e.events))
      and (e.dialect is null or is_told_in(e.dialect, o.org_id, o.type, o.data))
    order by o.position;
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.find_api_key(hash bytea)
 RETURNS TABLE(id text, org_id text, scopes text[], member_id text, created_by text, last_used_at timestamp with time zone, is_expired boolean, is_revoked boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
        select id, org_id, scopes, member_id, created_by, last_used_at, coalesce(expires_at <= now(), false),
          revoked_at is not null
        from api_keys where secret_hash = hash
      $function$

CREATE OR REPLACE FUNCTION public.is_told_in(dialect text, org text, type text, data jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select (type <> 'pooledcredit.loan.delinquency_changed' or data ->> 'bucket' is not null)
    and exists (select from dialect_settings s join pools p on p.id = s.pool_id
      where s.org_id = org and s.dialect = $1 and p.currency = data ->> 'currency')
$function$

CREATE OR REPLACE FUNCTION public.new_account_number()
 RETURNS text
 LANGUAGE sql
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select lpad((('x' || substr(md5(gen_random_uuid()::text), 1, 15))::bit(60)::bigint % 10000000000)::text, 10, '0')
$function$

CREATE OR REPLACE FUNCTION public.open_balance()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into account_balances (account_id, org_id, normal_side, non_negative)
    values (new.id, new.org_id, new.normal_side, new.non_negative);
  return null;
end $function$

CREATE OR REPLACE FUNCTION public.purge_idempotency_keys(at_most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare purged integer;
begin
  delete from idempotency_keys where ctid = any (array(
    select ctid from idempotency_keys where created_at < now() - interval '48 hours' limit at_most for update skip locked));
  get diagnostics purged = row_count;
  return purged;
end $function$

CREATE OR REPLACE FUNCTION public.purge_webhooks(at_most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  cancelled integer;
  removed integer;
begin
  delete from webhook_secrets where expires_at < now();
  -- a commit may have met an endpoint at the moment in which it was disabled
  update webhook_deliveries set status = 'CANCELLED', closed_at = now() where position = any (array(
    select d.position from webhook_endpoints e join webhook_deliveries d on d.endpoint_id = e.id and d.status = 'PENDING'
    where e.status <> 'ENABLED' limit at_most for update of d skip locked));
  get diagnostics cancelled = row_count;
  delete from webhook_deliveries where position = any (array(
    select position from webhook_deliveries where closed_at < now() - interval '30 days' limit at_most for update skip locked));
  get diagnostics removed = row_count;
  if removed < at_most then
    delete from webhook_endpoints e where e.status = 'DELETED' and e.updated_at < now() - interval '30 days'
      and not exists (select from webhook_deliveries where endpoint_id = e.id);
  end if;
  return greatest(cancelled, removed);
end $function$

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% of % is refused: the books are append-only, correct them by a reversing entry', tg_op, tg_table_name
    using errcode = 'restrict_violation';
end $function$

CREATE OR REPLACE FUNCTION public.stamp_entry()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.recorded_at := date_trunc('milliseconds', now());
  new.transaction_id := pg_current_xact_id();
  return new;
end $function$

CREATE OR REPLACE FUNCTION public.webhook_figures()
 RETURNS TABLE(pending bigint, oldest_due_s double precision, failing bigint, disabled bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select (select count(*) from webhook_deliveries where status = 'PENDING'),
    (select coalesce(extract(epoch from now() - min(d.next_attempt_at)), 0) from webhook_endpoints e cross join lateral
      (select next_attempt_at from webhook_deliveries where endpoint_id = e.id and status = 'PENDING' and next_attempt_at <= now()
       order by next_attempt_at limit 1) d where e.status = 'ENABLED'),
    (select count(*) from webhook_endpoints where status = 'ENABLED' and failing_since is not null),
    (select count(*) from webhook_endpoints where status = 'DISABLED')
$function$

CREATE OR REPLACE FUNCTION public.write_entry(e jsonb, org text, pool text, loan text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  reversed text;
  day date := (e ->> 'date')::date;
begin
  if e -> 'reverses_key' is not null then
    select id, coalesce(day, effective_date) into reversed, day from entries
      where org_id = org and operation_key = e ->> 'reverses_key';
    if not found then
      raise exception 'there is no entry % to reverse', e ->> 'reverses_key' using errcode = 'TN003';
    end if;
  end if;
  insert into entries (id, org_id, operation_key, kind, effective_date, description, reverses, pool_id, loan_id)
    values (e ->> 'id', org, e ->> 'key', e ->> 'kind', day, e ->> 'description', reversed, pool, loan);
  if reversed is null then
    insert into postings (entry_id, line, account_id, currency, side, amount)
      select e ->> 'id', line, p ->> 'account_id', p ->> 'currency', p ->> 'side', (p ->> 'amount')::bigint
      from jsonb_array_elements(e -> 'postings') with ordinality as t (p, line);
  else
    insert into postings (entry_id, line, account_id, currency, side, amount)
      select e ->> 'id', line, account_id, currency, case side when 'DEBIT' then 'CREDIT' else 'DEBIT' end, amount
      from postings where entry_id = reversed;
  end if;
  return e ->> 'id';
end $function$

