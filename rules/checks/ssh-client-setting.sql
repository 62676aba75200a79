-- SPDX-License-Identifier: Apache-2.0
--
-- id: ssh-client-setting
-- title: The SSH client runs a command of somebody's
-- severity: low
-- attack: T1546, T1556
-- why: ProxyCommand and LocalCommand run at each connection out: what is
--   there for all accounts steals passwords and keys of who logs in
--   elsewhere from here.
-- false-positives: ProxyCommand of cloud tools, and of people for hosts
--   behind others, is common in their own files (for information).
-- author: the authors of halligan

SELECT host, fact_id, name || ' ' || value AS object, path, evidence_id, "offset",
    value, ssh_setting_host AS for_hosts, account,
  CASE
      WHEN value REGEXP '/(tmp|var/tmp|dev/shm|dev/tcp)/|/[.][^/ ]+/[^ ]*$|curl |wget '
      THEN 'high'
       WHEN name = 'localcommand' OR coalesce(account, '') = '' THEN 'medium'
           ELSE 'info' END AS severity
FROM ssh_setting
WHERE name IN ('localcommand', 'proxycommand', 'knownhostscommand',
    'pkcs11provider', 'securitykeyprovider')
  AND lower(value) <> 'none'
  AND NOT (name = 'proxycommand'
      AND value REGEXP 'systemd-ssh-proxy|sss_ssh_knownhostsproxy')
