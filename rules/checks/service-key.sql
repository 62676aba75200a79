-- SPDX-License-Identifier: Apache-2.0
--
-- id: service-key
-- title: A key opens an account of a service
-- severity: high
-- attack: T1098.004
-- why: Accounts of services run programs and nobody logs in to them: a
--   key for one is a way back in that survives new passwords.
-- false-positives: Backup, git hosting and deployment work by such keys,
--   with a forced command as a rule (told as low).
-- author: the authors of halligan

SELECT k.host, k.fact_id, a.name || ': ' || k.name AS object, k.path, k.evidence_id,
    k."offset",
  k.type, k.comment, k.options, k.command, k."from", a.uid, a.shell, a.home,
  CASE WHEN coalesce(k.command, '') <> '' THEN 'low' END AS severity
FROM authorized_key k JOIN account a ON a.name = k.account
  OR (length(a.home) > 1 AND dir_name(dir_name(k.path)) = a.home)
WHERE (a.uid > 0 AND a.uid < 1000) OR a.uid = 65534
