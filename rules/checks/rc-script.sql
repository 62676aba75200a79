-- SPDX-License-Identifier: Apache-2.0
--
-- id: rc-script
-- title: A script that is run at the start of the host
-- severity: high
-- attack: T1037.004
-- why: rc.local and init scripts run as root at each start. Distributions
--   ship no rc.local any more, and their packages own the init scripts.
-- false-positives: Hosts on which an admin keeps rc.local, and software
--   that was installed by hand.
-- author: the authors of halligan

SELECT s.host, s.fact_id, s.name AS object, s.name AS path, s.evidence_id, s.role,
    s.account, s.lines,
  s.n AS strong_signs, s.signs, s.sample,
  CASE WHEN s.n > 0 THEN 'high' WHEN s.un THEN 'medium' END AS severity
FROM (SELECT *, (SELECT count(*) FROM json_each(signs) j
    WHERE j.value IN (SELECT name FROM strong_sign)) AS n,
    packaged = 0 OR name IN (SELECT name FROM unpackaged_file) AS un
  FROM script WHERE role IN ('rc', 'init')) s
WHERE n > 0 OR s.un
