-- SPDX-License-Identifier: Apache-2.0
--
-- id: empty-password
-- title: An account has no password
-- severity: high
-- attack: T1078.003
-- why: An empty password field lets anybody in who can type the name.
-- false-positives: Live systems and kiosks. Without a shell it is told as
--   low.
-- author: the authors of halligan

SELECT a.host, a.fact_id, a.name AS object, a.path, a.evidence_id, a."offset",
    a.uid, a.shell,
  CASE WHEN a.shell REGEXP '/(nologin|false)$' THEN 'low' END AS severity
FROM account a LEFT JOIN password p ON p.name = a.name
WHERE p.state = 'empty' OR a.field = ''
