-- Why somebody allowed it, in their words.
alter table lastmile.approvals add column why text;
