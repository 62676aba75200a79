-- SPDX-License-Identifier: Apache-2.0
--
-- id: sudo-all
-- title: Root without a password
-- severity: medium
-- attack: T1548.003
-- why: A rule of sudo or doas that asks for no password gives root to
--   whoever has the account, or a shell in it.
-- false-positives: Clouds make such a rule for their first account
--   (90-cloud-init-users), and Ansible for its own. These are quiet or
--   for somebody to know.
-- author: the authors of halligan

SELECT host, fact_id, name || ': ' || coalesce(nullif(commands, ''), 'options '
    || options) AS object,
  path, evidence_id, "offset", runas, tags, options, source,
  CASE WHEN path LIKE '%/90-cloud-init-users' OR path LIKE '%/google_sudoers'
      OR path LIKE '%/waagent' THEN 'cloud' END AS quiet,
  CASE WHEN options LIKE '%!authenticate%' THEN 'high' WHEN "all" = 0 THEN 'low'
       WHEN name REGEXP '^(www-data|nobody|apache|nginx|daemon|games|ALL|%users)$'
           THEN 'high' END AS severity
FROM sudoers
WHERE options LIKE '%!authenticate%' OR (nopasswd = 1 AND "all" = 1)
  OR (nopasswd = 1
      AND commands REGEXP '/(bash|sh|dash|vi|vim|less|more|find|awk|python3?|perl|env|tar|cp|tee|chmod|chown|dd|nano|man|nmap|docker|systemctl|apt|apt-get|dpkg|rsync)( |,|$|[*])'
    AND commands NOT REGEXP '/(systemctl|apt|apt-get) [a-z]+ [a-z]')
