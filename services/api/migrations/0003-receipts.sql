CREATE TABLE api.receipts (
    entry_id bigint PRIMARY KEY REFERENCES api.entries (id),
    content text NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT now()
);
