-- SPDX-License-Identifier: Apache-2.0
--
-- id: cron-job
-- title: A job of cron that fetches, decodes, hides or runs what lies in
--   scratch
-- severity: high
-- attack: T1053.003
-- why: Cron is the oldest way to stay: a job that fetches what it runs,
--   or runs what lies in /tmp or a hidden folder, is hardly an admin's.
-- false-positives: Jobs that fetch data with curl or wget and do not run
--   it are told as low. Panels and certificate tools.
-- author: the authors of halligan

SELECT c.host, c.fact_id, c.name AS object, c.path, c.evidence_id, c."offset",
    c.account, c.schedule, c.source, c.signs,
  CASE WHEN c.n = 1 AND c.signs LIKE '%"fetch"%' THEN 'low' END AS severity
FROM (SELECT *, (SELECT count(*) FROM json_each(signs) j
    WHERE j.value IN (SELECT name FROM strong_sign)) AS n FROM cron) c
WHERE c.n > 0
