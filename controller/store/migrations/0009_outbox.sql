-- What was there before it was ours: who is taken over is not told that his service has begun.
alter table lastmile.inventory add column adopted boolean not null default false;

-- How many notices there were of each owner. Outlives his status, so that no number is given out twice.
create table lastmile.lives (
  owner lastmile.name primary key,
  told int not null
);

-- What customers are to be told, one row for each turn of a life, written with the status that tells of the turn.
create table lastmile.outbox (
  owner lastmile.name not null,
  seq int not null,
  id bigint not null generated always as identity unique, -- for people
  tenant lastmile.name not null generated always as (split_part(owner, '/', 2)) stored,
  notice text not null,
  facts json not null, -- what the turn was about; who and where is looked up when it is sent
  at timestamptz not null,
  state text not null default 'Queued' check (state in ('Queued', 'Sending', 'Sent', 'Refused', 'Uncertain', 'Bounced')),
  attempt int not null default 0,
  since timestamptz not null, -- it waits since then: made, or asked for again
  due timestamptz not null,
  changed_at timestamptz not null,
  message_id text, -- given at the first attempt, and kept
  endpoint text, -- of the last attempt
  recipient text, -- of the last attempt; null when erased
  said text, -- why it is in that state, free of personal data
  primary key (owner, seq)
);
create index outbox_open on lastmile.outbox (due) where state in ('Queued', 'Sending');
create index outbox_tenant on lastmile.outbox (tenant, id desc);
create index outbox_message on lastmile.outbox (message_id) where message_id is not null;
