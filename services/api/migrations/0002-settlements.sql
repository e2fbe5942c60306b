CREATE INDEX entries_by_time ON api.entries (booked_at);

CREATE TABLE api.settlements (
    day date NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    entries bigint NOT NULL,
    amount_minor numeric NOT NULL,
    settled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (day, currency)
);
