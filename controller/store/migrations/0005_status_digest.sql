-- What a status says without its times: whoever starts compares this, and not two thousand bytes for each subscriber.
-- Null: written while something was still open.
alter table lastmile.status add column digest text;
