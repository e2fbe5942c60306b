-- The users that `arqctl database migrate` creates in the environments, here with a password and without IAM.
-- The image's entry point runs this file with psql when the data folder is empty.
\getenv password_file DATABASE_PASSWORD_FILE
\set password `cat "$DATABASE_PASSWORD_FILE"`

CREATE EXTENSION IF NOT EXISTS pg_stat_statements;

CREATE ROLE api LOGIN PASSWORD :'password';
CREATE ROLE settlement LOGIN PASSWORD :'password';

CREATE SCHEMA api AUTHORIZATION api;
CREATE SCHEMA settlement AUTHORIZATION settlement;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA api TO settlement;
ALTER DEFAULT PRIVILEGES FOR ROLE api IN SCHEMA api
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO settlement;
ALTER DEFAULT PRIVILEGES FOR ROLE api IN SCHEMA api
    GRANT USAGE, SELECT ON SEQUENCES TO settlement;
