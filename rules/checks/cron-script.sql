-- SPDX-License-Identifier: Apache-2.0
--
-- id: cron-script
-- title: A script in cron.daily and the like that no package has, or that
--   is odd
-- severity: high
-- attack: T1053.003
-- why: What lies in cron.hourly to cron.monthly runs as root; packages
--   bring it.
-- false-positives: Backups and the like that an admin put there: without
--   signs they are told as low.
-- author: the authors of halligan

SELECT s.host, s.fact_id, s.name AS object, s.name AS path, s.evidence_id, s.role,
    s.account, s.lines,
  s.n AS strong_signs, s.signs, s.sample,
  CASE WHEN s.n > 0 THEN 'high' WHEN s.un THEN 'low' END AS severity
FROM (SELECT *, (SELECT count(*) FROM json_each(signs) j
    WHERE j.value IN (SELECT name FROM strong_sign)) AS n,
    packaged = 0 OR name IN (SELECT name FROM unpackaged_file) AS un
  FROM script WHERE role IN ('cron')) s
WHERE n > 0 OR s.un
