-- Where in its source a declaration stands, as `file:line`.
alter table lastmile.audit add column file text;
