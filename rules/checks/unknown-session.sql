-- SPDX-License-Identifier: Apache-2.0
--
-- id: unknown-session
-- title: Somebody is logged in whom the list of processes does not have
-- severity: low
-- attack: T1021.004
-- why: A session that is on record without its process was cut, or its
--   process hides.
-- false-positives: Sessions that ended badly leave such a record.
-- author: the authors of halligan

SELECT s.host, s.fact_id, s.name || ' on ' || s.tty AS object, s.tty, s."from",
    s.pid, s.since, s.source
FROM session s
WHERE s.pid > 0 AND s.source = 'utmp' AND (SELECT count(*) FROM process) > 5
  AND NOT EXISTS (SELECT 1 FROM process p WHERE p.pid = s.pid)
