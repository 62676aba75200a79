-- SPDX-License-Identifier: Apache-2.0
--
-- id: service-login
-- title: An account of a service may log in with a password
-- severity: high
-- attack: T1078.003, T1098
-- why: Accounts of services have no password. One that got one, and a
--   shell, was made a way in.
-- false-positives: Accounts such as postgres or git have a shell by
--   design, and no password: these are not found. Some appliances log in
--   as a service.
-- author: the authors of halligan

SELECT a.host, a.fact_id, a.name AS object, a.path, a.evidence_id, a."offset",
    a.uid, a.shell, a.home,
  p.state AS password, p.method, p.changed_at
FROM account a JOIN password p ON p.name = a.name
WHERE ((a.uid > 0 AND a.uid < 1000) OR a.uid = 65534) AND p.state = 'set'
  AND a.shell NOT REGEXP '/(nologin|false|sync|halt|shutdown)$' AND a.shell <> ''
