-- SPDX-License-Identifier: Apache-2.0
--
-- id: shell-start
-- title: A start file of shells that does more than set up a shell
-- severity: medium
-- attack: T1546.004
-- why: What is in these files runs whenever somebody logs in or opens a
--   shell: it may fetch, take down passwords by an alias of sudo or ssh,
--   or start what was left.
-- false-positives: People's own files do much: an alias or a trap alone
--   is told as low.
-- author: the authors of halligan

SELECT s.host, s.fact_id, s.name AS object, s.name AS path, s.evidence_id, s.role,
    s.account, s.lines,
  s.n AS strong_signs, s.signs, s.sample,
  CASE WHEN s.n > 0 THEN 'high'  ELSE 'low' END AS severity
FROM (SELECT *, (SELECT count(*) FROM json_each(signs) j
    WHERE j.value IN (SELECT name FROM strong_sign)) AS n,
    packaged = 0 OR name IN (SELECT name FROM unpackaged_file) AS un
  FROM script WHERE role IN ('profile', 'shell', 'xdg')) s
WHERE n > 0
  OR ((s.signs LIKE '%"alias"%' OR s.signs LIKE '%"trap"%'
      OR s.signs LIKE '%"prompt"%') AND coalesce(s.packaged, 0) = 0)
