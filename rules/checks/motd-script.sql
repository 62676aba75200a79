-- SPDX-License-Identifier: Apache-2.0
--
-- id: motd-script
-- title: A script of the message of the day
-- severity: high
-- attack: T1037
-- why: The scripts of update-motd.d run as root each time somebody logs
--   in; packages bring them.
-- false-positives: Greetings of admins and hosters: without signs they
--   are told as medium.
-- author: the authors of halligan

SELECT s.host, s.fact_id, s.name AS object, s.name AS path, s.evidence_id, s.role,
    s.account, s.lines,
  s.n AS strong_signs, s.signs, s.sample,
  CASE WHEN s.n > 0 THEN 'high' WHEN s.un THEN 'medium' END AS severity
FROM (SELECT *, (SELECT count(*) FROM json_each(signs) j
    WHERE j.value IN (SELECT name FROM strong_sign)) AS n,
    packaged = 0 OR name IN (SELECT name FROM unpackaged_file) AS un
  FROM script WHERE role IN ('motd')) s
WHERE n > 0 OR s.un
