CREATE TABLE api.receipt_requests (
    entry_id bigint PRIMARY KEY REFERENCES api.entries (id)
);
