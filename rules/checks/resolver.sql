-- SPDX-License-Identifier: Apache-2.0
--
-- id: resolver
-- title: Names are asked for in an odd way
-- severity: low
-- attack: T1071.004, T1556
-- why: Another source of names or accounts in nsswitch.conf is a library
--   that each program loads; a foreign name server sees and answers all
--   that is asked.
-- false-positives: Directory services (sss, ldap, winbind), containers
--   (mymachines), mDNS: these are known. Public resolvers are for
--   information.
-- author: the authors of halligan

SELECT host, fact_id, name || ' ' || s.value AS object, resolver.path, evidence_id,
    "offset", resolver.value AS line, source, 'medium' AS severity
FROM resolver, json_each('['
    || replace(json_quote(replace(replace(trim(resolver.value), char(9), ' '), '  ',
    ' ')), ' ', '","') || ']') s
WHERE source = 'nsswitch.conf' AND s.value <> '' AND s.value NOT GLOB '[[]*'
    AND s.value NOT GLOB '*]' AND s.value NOT GLOB '*=*'
  AND s.value NOT REGEXP '^(files|compat|db|dns|systemd|sss|ldap|winbind|wins|nis|nisplus|hesiod|mymachines|myhostname|resolve|mdns[46]?(_minimal)?|altfiles|extrausers|libvirt(_guest)?|gw_name|usrfiles|cache_oslogin|oslogin|himmelblau|kanidm|http|nis_plus|mdns_minimal|sudoers)$'
UNION ALL
SELECT host, fact_id, 'nameserver ' || value, path, evidence_id, "offset", value,
    source, 'info'
FROM resolver
WHERE name = 'nameserver'
    AND value NOT REGEXP '^(127[.]|10[.]|192[.]168[.]|172[.](1[6-9]|2[0-9]|3[01])[.]|100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])[.]|169[.]254[.]|::1$|f[cde])'
