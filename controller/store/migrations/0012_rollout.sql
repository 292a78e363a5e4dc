-- How far the edits of plans have come. `rollout` is the document of controller/core/rollout.ts, with the revisions that
-- subscribers may still stand on.
create table lastmile.rollouts (
  plan lastmile.name primary key,
  rollout jsonb not null,
  seq bigint not null -- of the last change, from lastmile.head
);
create index rollouts_seq on lastmile.rollouts (seq);

-- Subscribers that a plan served when it was edited. Who is not among them is on the target.
create table lastmile.rollout_members (
  plan lastmile.name not null references lastmile.rollouts on delete cascade,
  owner lastmile.name not null,
  revision int not null,
  behind int[] not null,
  place text not null check (place in ('Waiting', 'Released', 'Ready')),
  step int not null,
  failed boolean not null,
  excused boolean not null,
  primary key (plan, owner)
);
