-- SPDX-License-Identifier: Apache-2.0
--
-- id: protection-off
-- title: A protection of the host is switched off
-- severity: medium
-- attack: T1562.001 [T1685], T1562.004 [T1686]
-- why: SELinux, AppArmor, a firewall or an agent that was switched off
--   does not stand in the way any more.
-- false-positives: Admins do so to get something to work. SELinux that
--   only warns is told as low.
-- author: the authors of halligan

SELECT host, fact_id, name || ' is masked' AS object, path, evidence_id,
    NULL AS value, NULL AS severity
FROM unit WHERE masked = 1
    AND name REGEXP '^(apparmor|firewalld|ufw|nftables|iptables|netfilter-persistent|fail2ban|crowdsec|clamav-.*|falcon-sensor|wazuh-agent|ossec.*|osqueryd|aide.*|auditbeat|filebeat|elastic-agent|mdatp|ds_agent|sentinelone|cbagentd|falco.*)[.]service$'
UNION ALL
SELECT host, fact_id, name || ' ' || value, path, evidence_id, value, CASE
    WHEN lower(value) = 'permissive' THEN 'low' END
FROM logging
WHERE (source = 'selinux' AND lower(name) LIKE '%selinux%'
    AND lower(name) NOT LIKE '%type%' AND lower(value) IN ('disabled', 'permissive',
    '0'))
  OR (source = 'apparmor' AND lower(value) IN ('disabled', 'off', 'unloaded'))
  OR (source = 'ufw' AND lower(name) LIKE '%enabled%' AND lower(value) = 'no' AND 0)
UNION ALL
SELECT host, fact_id, 'kernel command line: ' || value, path, evidence_id, value,
    'low'
FROM kernel WHERE name = 'cmdline'
    AND value REGEXP '(^| )(selinux=0|enforcing=0|apparmor=0|audit=0|security=none|module[.]sig_enforce=0|lockdown=none)( |$)'
