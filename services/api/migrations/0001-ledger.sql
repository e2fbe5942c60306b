CREATE TABLE api.accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_id uuid NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    balance_minor bigint NOT NULL DEFAULT 0 CHECK (balance_minor >= 0),
    opened_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX accounts_of_customer ON api.accounts (customer_id, opened_at, id);

CREATE TABLE api.entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES api.accounts (id),
    idempotency_key uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
    reference text NOT NULL,
    booked_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, idempotency_key)
);
CREATE INDEX entries_of_account ON api.entries (account_id, id);
