-- SPDX-License-Identifier: Apache-2.0
--
-- id: event-hook
-- title: A script that an event of the host runs
-- severity: medium
-- attack: T1546, T1546.018, T1542
-- why: The network coming up, a lease, a rotated log, a commit, a start
--   of Python, a new kernel: each runs scripts, as root or as who works
--   there.
-- false-positives: Scripts of admins: without signs those that no package
--   has are told as low.
-- author: the authors of halligan

SELECT s.host, s.fact_id, s.name AS object, s.name AS path, s.evidence_id, s.role,
    s.account, s.lines,
  s.n AS strong_signs, s.signs, s.sample,
  CASE WHEN s.n > 0 THEN 'high' WHEN s.un THEN 'low' END AS severity
FROM (SELECT *, (SELECT count(*) FROM json_each(signs) j
    WHERE j.value IN (SELECT name FROM strong_sign)) AS n,
    packaged = 0 OR name IN (SELECT name FROM unpackaged_file) AS un
  FROM script WHERE role IN ('dispatcher', 'dhcp', 'ifup', 'logrotate', 'git-hook',
      'python-start', 'initramfs', 'apt', 'udev')) s
WHERE n > 0 OR s.un
