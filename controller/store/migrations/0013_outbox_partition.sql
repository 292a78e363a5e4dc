-- Whose work a row is, so that nobody's share is hidden behind another's; unknown of rows that were written before.
alter table lastmile.outbox add column partition int;
