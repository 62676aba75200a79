-- SPDX-License-Identifier: Apache-2.0
--
-- id: ssh-hook
-- title: Logging in by SSH runs a script
-- severity: medium
-- attack: T1546.004
-- why: sshrc and ~/.ssh/rc are run at each login before the shell, by
--   whatever way somebody logs in.
-- false-positives: Scripts that hand on X11 cookies. What they do is told
--   by their signs.
-- author: the authors of halligan

SELECT host, fact_id, path AS object, path, evidence_id, account, lines, signs,
    sample,
  CASE WHEN json_array_length(signs) > 0 THEN 'high' END AS severity
FROM (SELECT host, fact_id, name AS path, evidence_id, account, lines, signs,
    sample, role, packaged FROM script)
WHERE role = 'ssh-rc' AND coalesce(packaged, 0) = 0
