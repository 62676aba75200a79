-- SPDX-License-Identifier: Apache-2.0
--
-- id: generator
-- title: A generator of systemd that no package has
-- severity: high
-- attack: T1543.002
-- why: Generators run as root before any service, at each start and each
--   reload, and may make services that are in no file.
-- false-positives: None are usual outside packages.
-- author: the authors of halligan

SELECT s.host, s.fact_id, s.name AS object, s.name AS path, s.evidence_id, s.role,
    s.account, s.lines,
  s.n AS strong_signs, s.signs, s.sample,
  CASE WHEN s.n > 0 THEN 'high' WHEN s.un THEN 'high' END AS severity
FROM (SELECT *, (SELECT count(*) FROM json_each(signs) j
    WHERE j.value IN (SELECT name FROM strong_sign)) AS n,
    packaged = 0 OR name IN (SELECT name FROM unpackaged_file) AS un
  FROM script WHERE role IN ('generator')) s
WHERE n > 0 OR s.un
  OR s.name REGEXP '^/(etc|run|usr/local/lib)/systemd/(system|user)-(environment-)?generators/'
