-- The two roles of OpsAgent in a database of their own, PostgreSQL 15 or later. It can be run again, also to change passwords.
--   opsagent_owner  owns the tables; `bun run migrate` uses it
--   opsagent        the servers use it: it reads and writes rows, and creates nothing
--
--   createdb opsagent
--   OWNER_PASSWORD=… APP_PASSWORD=… psql -v ON_ERROR_STOP=1 -d opsagent -f roles.sql
--
-- Run it as a superuser, or as the administrator of a managed server (a role with CREATEROLE that owns the database).

\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD

SELECT format('CREATE ROLE %I LOGIN NOCREATEDB NOCREATEROLE', name)
FROM unnest(ARRAY['opsagent_owner', 'opsagent']) AS name
WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE opsagent_owner PASSWORD :'owner_password';
ALTER ROLE opsagent PASSWORD :'app_password';

-- Default privileges of another role need membership, unless a superuser sets them.
GRANT opsagent_owner TO CURRENT_USER;

-- Every role could otherwise connect and create temporary tables.
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO opsagent_owner, opsagent', current_database()) \gexec

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO opsagent_owner;
GRANT USAGE ON SCHEMA public TO opsagent;

-- For the tables of later migrations, and for those that exist.
ALTER DEFAULT PRIVILEGES FOR ROLE opsagent_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO opsagent;
ALTER DEFAULT PRIVILEGES FOR ROLE opsagent_owner IN SCHEMA public
  GRANT USAGE ON SEQUENCES TO opsagent;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO opsagent;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO opsagent;
