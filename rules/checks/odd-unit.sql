-- SPDX-License-Identifier: Apache-2.0
--
-- id: odd-unit
-- title: A unit of systemd that runs something odd
-- severity: high
-- attack: T1543.002, T1053.006
-- why: Services and timers start what an intruder left, at each start or
--   by the clock. What they run lies in system folders as a rule, and is
--   no line of shell that fetches or decodes. Nor does the link that
--   enables one lead to such a place.
-- false-positives: Units of people for their own programs; units that
--   fetch something. Those of users that run from their homes are told as
--   low.
-- author: the authors of halligan

SELECT u.host, u.fact_id, u.name AS object, u.path, u.evidence_id, u.exec,
    u.account, u.wanted_by, u.description, u.drop_in, u.scope, u.state, u.schedule,
    u.leads_to, u.signs,
  CASE WHEN u.n = 0 AND u.scope = 'user' THEN 'low'
       WHEN u.n = 0 AND u.scratch = 0 THEN 'medium'
       WHEN u.n = 1 AND u.signs LIKE '%"fetch"%' AND u.scratch = 0 THEN 'medium'
           END AS severity
FROM (SELECT *,
    (SELECT count(*) FROM json_each(signs) j WHERE j.value IN (SELECT name
        FROM strong_sign)) AS n,
    (SELECT count(*) FROM json_each(exec) e WHERE is_scratch(program_of(e.value))
      OR is_hidden(program_of(e.value)))
      + coalesce(is_scratch(leads_to), 0)
      + (scope = 'system' AND coalesce(is_hidden(leads_to), 0)) AS scratch,
    (SELECT count(*) FROM json_each(exec) e
        WHERE program_of(e.value) REGEXP '^/(home|root)/')
      + (scope = 'system' AND coalesce(leads_to, '') REGEXP '^/(home|root)/') AS home
  FROM unit) u
WHERE (u.n > 0 OR u.scratch > 0 OR u.home > 0) AND coalesce(u.masked, 0) = 0
  AND u.path NOT REGEXP '^(/usr)?/lib/systemd/'
