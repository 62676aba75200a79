-- SPDX-License-Identifier: Apache-2.0
--
-- id: cron-odd
-- title: A job of cron of an account or a file that should have none
-- severity: medium
-- attack: T1053.003
-- why: Accounts of services have no jobs of their own. cron reads hidden
--   files in /etc/cron.d as others, and @reboot runs what is to be there
--   after each start.
-- false-positives: Zimbra, Zabbix and some web applications run jobs as
--   their account; @reboot of users is told as low.
-- author: the authors of halligan

SELECT c.host, c.fact_id, c.account || ': ' || c.name AS object, c.path,
    c.evidence_id, c."offset", c.account, c.schedule, c.source, a.uid,
  CASE WHEN a.uid BETWEEN 1 AND 999 OR a.uid = 65534 THEN 'high'
       WHEN base_name(c.path) GLOB '.*' THEN 'high' ELSE 'low' END AS severity
FROM cron c LEFT JOIN account a ON a.name = c.account
WHERE ((a.uid BETWEEN 1 AND 999 OR a.uid = 65534) AND c.path LIKE '%/spool/cron%')
  OR (base_name(c.path) GLOB '.*' AND base_name(c.path) <> '.placeholder')
  OR (c.schedule = '@reboot' AND c.path LIKE '%/spool/cron%')
